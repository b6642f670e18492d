// node pictures.js BASE LIST MAIL FOLDER : pictures of the page of a running paperwire at BASE, and of the list and the mail
// in two files, light and dark, into FOLDER.
const home = process.env.RIGS_HOME || process.env.HOME + '/.cache/paperwire-rigs';
const load = require('module').createRequire(home + '/web/');
const { chromium } = load('playwright-core');
const path = require('path');
const url = require('url');

const [base, list, mail, folder] = process.argv.slice(2);
const file = (name) => url.pathToFileURL(path.resolve(name)).href;
const PICTURES = {
  list: { address: file(list), width: 1100, height: 640 },
  mail: { address: file(mail), width: 680, height: 900 },
  page: { address: base + '/', width: 1000, height: 900 },
};

(async () => {
  const args = ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update'];
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
  for (const [name, { address, width, height }] of Object.entries(PICTURES)) {
    for (const colorScheme of ['light', 'dark']) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height } });
      const page = await context.newPage();
      await page.goto(address, { waitUntil: 'load' });
      await page.screenshot({ path: path.join(folder, `${name}-${colorScheme}.png`) });
      await context.close();
    }
  }
  await browser.close();
})();
