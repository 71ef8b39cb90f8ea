"""The pages for people, made by Flask: one module a page, named as its address, and what pages share."""
