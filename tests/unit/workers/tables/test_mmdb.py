import ipaddress
import subprocess
import sys
from pathlib import Path

import maxminddb
import pytest

from shared.errors import ConfigError
from tests import mmdb
from workers.tables.mmdb import Database

INSIDE = ipaddress.ip_address("192.0.2.1")
OVERWRITE = """
import ipaddress, sys
from pathlib import Path
from workers.tables.mmdb import Database
path = Path(sys.argv[1])
database = Database(path)
path.write_bytes(b"")
print(database.find(ipaddress.ip_address("192.0.2.1"))["country"]["iso_code"])
"""


def test_entries_are_found_by_their_networks(tmp_path: Path) -> None:
    database = Database(mmdb.city(tmp_path / "city.mmdb"))
    assert database.kind == "GeoLite2-City"
    assert database.find(INSIDE)["city"]["names"]["en"] == "London"
    assert database.find(ipaddress.ip_address("2001:db8:1::7"))["country"]["iso_code"] == "GB"
    assert database.find(ipaddress.ip_address("203.0.113.1")) == {}
    assert database.find(None) == {}


def test_an_ipv4_database_knows_no_ipv6_address(tmp_path: Path) -> None:
    database = Database(mmdb.write(tmp_path / "v4.mmdb", "City", {"192.0.2.0/24": mmdb.LONDON}, ip_version=4))
    assert database.find(INSIDE)["country"]["iso_code"] == "GB"
    assert database.find(ipaddress.ip_address("2001:db8::1")) == {}


def test_an_entry_of_an_unexpected_shape_is_none(tmp_path: Path) -> None:
    path = tmp_path / "odd.mmdb"
    mmdb.write(path, "Odd", {"192.0.2.0/24": {"x": 1}})
    assert Database(path).find(INSIDE) == {"x": 1}


def test_the_c_extension_reads(tmp_path: Path) -> None:
    reader = maxminddb.open_database(mmdb.city(tmp_path / "city.mmdb"))
    assert type(reader).__module__ == "maxminddb.extension", "the pure Python reader is fifty times slower"


def test_a_file_cut_short_in_place_does_not_hurt_a_running_process(tmp_path: Path) -> None:
    """In a process of its own: what is being prevented is a SIGBUS."""
    path = mmdb.city(tmp_path / "city.mmdb")
    ran = subprocess.run([sys.executable, "-c", OVERWRITE, path], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.strip()) == (0, "GB"), ran.stderr


@pytest.mark.parametrize("content", [b"", b"plain text", b"\x00" * 5000])
def test_what_is_no_database_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "city.mmdb"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"city\.mmdb: not a MaxMind database"):
        Database(path)


def test_half_a_database_is_refused(tmp_path: Path) -> None:
    path = mmdb.city(tmp_path / "city.mmdb")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ConfigError, match="not the whole of it"):
        Database(path)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.mmdb: No such file"):
        Database(tmp_path / "gone.mmdb")
