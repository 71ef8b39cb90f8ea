"""Tables for spreadsheets: facilities, claims, money and sources, with certainty and documents in each row."""
