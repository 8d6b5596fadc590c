"""A good client: `good_client.py ADDRESS CERTIFICATES TICKET`. For each line on its input, a number of calls, it tells in JSON how long they took."""
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Client"))
from firstline_client import Client, identity  # noqa: E402

if __name__ == "__main__":
    address, folder, ticket = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
    request = b"\x08" + (bytes([ticket]) if ticket < 128 else bytes([ticket & 127 | 128, ticket >> 7]))
    with Client(address, identity(folder / "operator.crt", folder / "operator.key", folder / "ca.crt"), "intake") as client:
        print("ready", flush=True)
        for line in sys.stdin:
            took = []
            for _ in range(int(line)):
                started = time.perf_counter()
                client.call("firstline.v1.Intake/GetTicket", request)
                took.append((time.perf_counter() - started) * 1000)
            took.sort()
            print(json.dumps({"median_ms": took[len(took) // 2], "p99_ms": took[int(len(took) * 0.99)], "worst_ms": took[-1]}), flush=True)
