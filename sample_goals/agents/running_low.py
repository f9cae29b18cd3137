"""Says what runs low: edit the number, and take it over while the session is open."""
import json
import sys

LOW = 3
stock = json.load(sys.stdin)["stock"]
print(json.dumps(sorted(item for item, count in stock.items() if count < LOW)))
