"""What the walk over every page asks of a page, in the page's own language."""

# Marks what was looked at in this shape already: the same words, the same around it. Numbers and
# the lead's own number may differ. Takes the sums known so far and gives the new ones.
MARK_KNOWN = """known => {
  const seen = new Set(known), fresh = [];
  const parts = 'header, nav, section, details, form, dl, tr, li';
  for (const it of document.body.querySelectorAll(parts)) {
    delete it.dataset.known;
    if (!it.checkVisibility()) continue;
    let words = it.outerHTML.replace(/(?<=csrfmiddlewaretoken" value=")\\w+/g, '')
      .replace(/ data-(known|opened)=""|(?<=[/]leads[/])\\w+/g, '').replace(/\\d+/g, '0');
    for (let up = it.parentElement; up; up = up.parentElement)
      words += `<${up.tagName} ${up.className}`;
    let [one, two] = [1, 2];
    for (let at = 0; at < words.length; at++) {
      one = Math.imul(one ^ words.charCodeAt(at), 2654435761);
      two = Math.imul(two ^ words.charCodeAt(at), 1597334677) ^ (two >>> 15);
    }
    const sum = `${one} ${two}`;
    if (seen.has(sum)) it.dataset.known = ''; else fresh.push(sum);
  }
  return fresh;
}"""
# The rules of access that are broken, each with its first place. Takes where, and axe's options.
BROKEN = """([where, options]) => axe.run(where || document, options).then(({violations}) =>
  violations.map(rule => `${rule.id}: ${rule.nodes[0].html.slice(0, 160)}`))"""
IS_TURNED = """([width, dark, phone]) => innerWidth === width
  && matchMedia('(prefers-color-scheme: dark)').matches === dark
  && matchMedia('(pointer: coarse)').matches === phone"""
OPEN_ALL = """document.querySelectorAll('details:not(.me, .pop, [open])').forEach(
  it => { it.open = true; it.dataset.opened = '' })"""
CLOSE_AGAIN = """document.querySelectorAll('details[data-opened]').forEach(
  it => { it.open = false; delete it.dataset.opened })"""
# What lies under a bar now, or at the edge of the panel, can be scrolled from there, so it is no
# target too small: while the rules are tried nothing stands over the page.
LAY = """laid => {
  for (const bar of document.querySelectorAll('.top, .nav, .log__acts'))
    bar.style.position = laid ? 'static' : '';
  for (const part of document.querySelectorAll('.panel, .panel__body, .panel .log'))
    part.style.cssText = laid ? 'height: auto; max-height: none; overflow: visible' : '';
}"""
SEND = """([path, data]) => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = path;
  for (const [name, value] of data) {
    const box = document.createElement('input');
    [box.type, box.name, box.value] = ['hidden', name, value];
    form.append(box);
  }
  document.body.append(form);
  form.submit();
}"""
# What no thumb hits. Takes the least height in pixels.
TOO_SMALL = """least => [...document.querySelectorAll(
    'a[href], button, summary, select, textarea, input:not([type=hidden])')].filter(it => {
  if (!it.checkVisibility({visibilityProperty: true}) || it.closest('.vh, .skip')) return false;
  const cover = getComputedStyle(it, '::after').position === 'absolute' ? it.closest('tr, li') : it;
  const boxes = [it, cover, ...(it.labels || [])].map(each => each.getBoundingClientRect());
  if (Math.max(...boxes.map(box => box.height)) >= least - .5) return false;
  if (boxes[0].width < 2) return false;
  return getComputedStyle(it).display !== 'inline';
}).map(it => `${Math.round(it.getBoundingClientRect().height)} px: ${it.outerHTML.slice(0, 99)}`)"""
