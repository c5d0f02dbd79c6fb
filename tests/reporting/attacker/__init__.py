"""Somebody who has kept every report of a study at a site, and tries to work out what is hidden."""
