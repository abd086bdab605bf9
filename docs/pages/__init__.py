"""The pages that follow from the declarations: one module each, each with a ``page()``."""
