// node mail.js FOLDER FILE.html... : looks at mails in headless Chromium, light and dark, at 700 and 390
// pixels. Leaves a picture of each in FOLDER. Exits 1 where axe-core finds a violation, the page is wider
// than the window, or anything is asked of the network.
const home = process.env.RIGS_HOME || process.env.HOME + '/.cache/paperwire-rigs';
const load = require('module').createRequire(home + '/web/');
const { chromium } = load('playwright-core');
const { AxeBuilder } = load('@axe-core/playwright');
const path = require('path');
const url = require('url');

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function look(browser, file, folder, colorScheme, width) {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(url.pathToFileURL(file).href);
  const name = `${path.basename(file, '.html')}-${colorScheme}-${width}`;
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const faults = violations.map((v) => `${v.impact} ${v.id} x${v.nodes.length}: ${v.nodes[0].html.slice(0, 120)}`);
  if (wide > width) faults.push(`${wide} pixels wide`);
  faults.push(...asked.slice(1).map((address) => `asked for ${address}`));
  faults.forEach((fault) => console.log(`${name}: ${fault}`));
  await context.close();
  return faults.length;
}

(async () => {
  const [folder, ...files] = process.argv.slice(2);
  const args = ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update'];
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
  let faults = 0;
  for (const file of files) {
    for (const scheme of ['light', 'dark']) {
      for (const width of [700, 390]) faults += await look(browser, path.resolve(file), folder, scheme, width);
    }
  }
  await browser.close();
  console.log(`${files.length} mails, ${faults} faults`);
  process.exit(faults || files.length === 0 ? 1 : 0);
})();
