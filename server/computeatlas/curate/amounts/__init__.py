"""Amounts and dates as people type them, in a dozen languages, read into names of quantities and EDTF."""
