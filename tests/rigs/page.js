// node page.js BASE FILE FOLDER : looks at the pages of a running paperwire at BASE, and at the page in FILE, in headless
// Chromium: light and dark, 1100 and 390 pixels wide, with JavaScript and without. Leaves a picture of each in FOLDER.
// Exits 1 where axe-core finds a violation, the console has an error, a page is wider than the window, anything is asked
// of another host, or a search does not find what it should.
const home = process.env.RIGS_HOME || process.env.HOME + '/.cache/paperwire-rigs';
const load = require('module').createRequire(home + '/web/');
const { chromium } = load('playwright-core');
const { AxeBuilder } = load('@axe-core/playwright');
const path = require('path');
const url = require('url');

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const [base, file, folder] = process.argv.slice(2);
const PAGES = {
  status: base + '/',
  search: base + '/search?q=vision',
  narrowed: base + '/search?q=vision&category=cs&since=2025-03-01&code=1',
  nothing: base + '/search?q=xyzzy',
  topic: base + '/topic/Image%20Classification',
  paper: base + '/paper/2503.19311',
  missing: base + '/paper/0000.00000',
  file: url.pathToFileURL(path.resolve(file)).href,
};

let faults = 0;
const fault = (name, words) => { faults += 1; console.log(`${name}: ${words}`); };

async function look(browser, page_name, address, options, name) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on('console', (message) => {
    const isTheAnswer = page_name === 'missing' && message.text().includes('404');
    if (message.type() === 'error' && !isTheAnswer) fault(name, `console: ${message.text()}`);
  });
  page.on('pageerror', (error) => fault(name, `script: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith('file:')) fault(name, `asked for ${request.url()}`);
  });
  await page.goto(address, { waitUntil: 'load' });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: page_name !== 'file' });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth).catch(() => 0);
  if (wide > options.viewport.width) fault(name, `${wide} pixels wide`);
  if (options.javaScriptEnabled) {
    const open = () => document.querySelectorAll('details').forEach((details) => { details.open = true; });
    for (const state of ['as it comes', 'opened']) {
      if (state === 'opened') await page.evaluate(open);
      const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
      for (const v of violations) fault(name, `${state}: ${v.impact} ${v.id} x${v.nodes.length}: ${v.nodes[0].html.slice(0, 160)}`);
    }
  }
  await context.close();
}

// Types a word and waits for the page to find what the address found, without another page being loaded.
async function type(browser) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(base + '/search');
  await page.evaluate(() => { window.isTheSamePage = true; });
  await page.locator('#q').pressSequentially('hyperspectr');
  await page.waitForURL('**/search?q=hyperspectr');
  const typed = await page.locator('#found h3').allTextContents();
  if (!typed.length || !(await page.evaluate(() => window.isTheSamePage))) fault('typing', `found ${typed.length}`);
  await page.goto(url.pathToFileURL(path.resolve(file)).href);
  await page.locator('#q').fill('hyperspectral');
  const shown = await page.locator('.papers > li:visible').count();
  const all = await page.locator('.papers > li').count();
  if (!shown || shown >= all) fault('typing in the file', `${shown} of ${all}`);
  await context.close();
  // Without JavaScript the form does it.
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const form = await plain.newPage();
  await form.goto(base + '/search');
  await form.locator('#q').fill('hyperspectral');
  await form.locator('#search button').click();
  if (!(await form.locator('#found h3').count())) fault('without JavaScript', 'found nothing');
  await plain.close();
}

(async () => {
  const args = ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update'];
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
  for (const [page_name, address] of Object.entries(PAGES)) {
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [1100, 390]) {
        const options = { colorScheme, viewport: { width, height: 900 }, javaScriptEnabled: true };
        await look(browser, page_name, address, options, `${page_name}-${colorScheme}-${width}`);
      }
    }
    const options = { colorScheme: 'light', viewport: { width: 1100, height: 900 }, javaScriptEnabled: false };
    await look(browser, page_name, address, options, `${page_name}-plain`);
  }
  await type(browser);
  await browser.close();
  console.log(`${Object.keys(PAGES).length} pages, ${faults} faults`);
  process.exit(faults ? 1 : 0);
})();
