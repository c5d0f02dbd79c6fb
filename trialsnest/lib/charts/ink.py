"""The colors and typeface of charts on paper; a test compares them with static/css/tokens.css."""

# Light half of the tokens the charts use.
LIGHT = {
    "ink": "#172124",
    "ink-2": "#435156",
    "ink-3": "#59676c",
    "warn": "#744b00",
    "surface": "#ffffff",
    "ch-1": "#0b5566",
    "ch-2": "#5e98a5",
    "ch-3": "#c9d3d3",
    "ch-4": "#8a9498",
    "ch-5": "#b97a12",
    "ch-grid": "#e4e7e3",
}

# Class of a shape on the web -> its token.
FILL = {
    "f1": "ch-1",
    "f2": "ch-2",
    "f3": "ch-3",
    "f4": "ch-4",
    "f5": "ch-5",
    "fg": "ch-grid",
    "fs": "surface",
}
STROKE = {"lg": "ch-grid", "la": "ink-3"}
TEXT = {"t2": "ink-2", "tw": "warn"}

# One family name per subset file: WeasyPrint prints wrong glyphs when subsets share a name.
PDF_FONTS = "TN Pdf, TN Pdf Ext, TN Pdf Vi, TN Pdf Gr, TN Pdf Cy"
