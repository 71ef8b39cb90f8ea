// What the pages do with JavaScript; each of them shows its content without.
