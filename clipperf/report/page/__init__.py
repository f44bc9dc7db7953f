"""The HTML page: one file with its words, tables, charts and the program that draws them, read without a server."""
