"""`make bi`: Superset with the dashboard until Ctrl-C. `make bi-check`: open the dashboard in a browser and look."""

import argparse
import sys
import time

from bi.superset import instance
from taizhang.errors import TaizhangError
from taizhang.server.embedded import free_port

PORT = 8088


def main() -> int:
    """Run Superset, or check its dashboard; 1 when something in the way is not ours."""
    parser = argparse.ArgumentParser(prog="bi.superset", description=__doc__)
    parser.add_argument("--check", action="store_true", help="open the dashboard in Chromium, keep a picture, stop")
    parser.add_argument("--address", default="127.0.0.1", help="address to listen on; in a container all, 0.0.0.0")
    arguments = parser.parse_args()
    try:
        print("Setting up Superset: about a minute", flush=True)
        instance.prepare()
        with instance.serving(free_port(PORT), arguments.address) as address:
            if arguments.check:
                from bi.superset.look import look

                print(f"The dashboard shows all its charts: {look(address)}")
                return 0
            print(f"Dashboard: {address}")
            print(f"User: {instance.ADMIN}  password: in {instance.admin_password_file()}  Ctrl-C ends Superset")
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        return 0
    except TaizhangError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
