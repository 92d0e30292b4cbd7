// @ts-check
// What a style may ask of what lies in an element stands at the element itself, in data-wd. By :has
// in a style sheet each letter that Plotly measures would cost the styles of the whole page.

const COLUMN = '[data-testid="stColumn"]';
const BLOCK = '[data-testid="stVerticalBlock"]';
const ROW = '[data-testid="stHorizontalBlock"]';
const WRAPPER = '[data-testid="stLayoutWrapper"]';
const OUTSIDE = `:not(:is(${COLUMN}, [data-testid="stExpander"]) *)`;
const ANSWER = ':is(.stBidiComponent, [data-testid="stMarkdown"], [data-testid="stTabs"])';

/** @type {{ [name: string]: string }} */
const PLACES = {
  // of the page's frame
  top: `${WRAPPER}:has(> .st-key-wd-top)`,
  language: `${WRAPPER}:has(> .st-key-language)`,
  menu: 'body:has([data-testid="stTopNavPopover"])',
  here: ':is([data-testid="stTopNavLinkContainer"], [data-testid="stSidebarNavLinkContainer"]):has([aria-current="page"])',
  // of what holds a picture, at any height
  pictured: `:is(body, ${COLUMN}, [role="tabpanel"] > ${BLOCK} > :first-child):has(.wd-chart)`,
  // the picture's half of a page, and both halves
  half: `${COLUMN}:first-child:has(.stBidiComponent)${OUTSIDE}`,
  halves: `${ROW}:has(> ${COLUMN}:first-child .stBidiComponent)${OUTSIDE}`,
  // where the answer stands beside the question, and where there is none yet
  answered:
    `[data-testid="stMainBlockContainer"] > ${BLOCK}:has(> :nth-child(3) > ${BLOCK} > ` +
    `:first-child > ${ROW} > ${COLUMN}:first-child > ${BLOCK} > :first-child ${ANSWER})`,
  wordless: `${COLUMN} > ${BLOCK}:has(.wd-chart > p[hidden])`,
  // what stands above the picture on a phone
  led: `${ROW}:has(.wd-chart):has(.st-key-weight_decay, .st-key-book-edition)`,
  leads: `${WRAPPER}:has(> .st-key-weight_decay-row)`,
  // of a slider what is seen where its keys are heard, and of a table what it fills
  handle: 'div:has(> div > input[type="range"])',
  table: '[data-testid="stFullScreenFrame"]:has(> [data-testid="stDataFrame"])',
};

/** @type {Map<Element, string>} */
let marked = new Map();

function mark() {
  /** @type {Map<Element, string>} */
  const found = new Map();
  for (const [name, selector] of Object.entries(PLACES))
    for (const node of document.querySelectorAll(selector))
      found.set(node, found.has(node) ? `${found.get(node)} ${name}` : name);
  for (const node of marked.keys()) if (!found.has(node)) node.removeAttribute("data-wd");
  for (const [node, names] of found)
    if (node.getAttribute("data-wd") !== names) node.setAttribute("data-wd", names);
  marked = found;
}

/** @param {MutationRecord} change in a drawing, where no place is */
const isDrawn = ({ target }) => /** @type {Element} */ (target).closest?.(".wd-plot") !== null;

new MutationObserver((changes) => {
  if (!changes.every(isDrawn)) mark();
}).observe(document.documentElement, {
  childList: true,
  subtree: true,
  attributeFilter: ["hidden", "aria-current"],
});
mark();

export {};
