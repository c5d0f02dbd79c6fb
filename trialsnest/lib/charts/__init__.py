"""Charts drawn on the server as inline SVG. Pure: plain values in, markup out, same in, same out.

`mode="web"` writes class names, so the page's tokens, dark theme, print and forced colors apply.
`mode="pdf"` writes attributes from the light tokens: WeasyPrint does not apply page CSS inside SVG.
"""
