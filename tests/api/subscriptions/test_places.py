"""Nobody can make Docket knock at a door that its operator did not list, whatever a name leads to at that moment."""

import socket

import pytest

from api.subscriptions.places import Elsewhere, Malformed, NotAPlace, Places

HOSTS = ("hooks.example.gov:443", "hooks.example.gov:8443", "127.0.0.1:9000", "localhost:9001", "[::1]:9002")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://hooks.example.gov/a?b=%20", ("https", "hooks.example.gov", 443, "/a?b=%20")),
        ("https://hooks.example.gov", ("https", "hooks.example.gov", 443, "/")),
        ("https://hooks.example.gov?x", ("https", "hooks.example.gov", 443, "/?x")),
        ("https://hooks.example.gov:8443/", ("https", "hooks.example.gov", 8443, "/")),
        ("http://127.0.0.1:9000/x", ("http", "127.0.0.1", 9000, "/x")),
        ("http://localhost:9001/", ("http", "localhost", 9001, "/")),
        ("http://[::1]:9002/", ("http", "::1", 9002, "/")),
    ],
)
def test_what_is_listed_is_found(url: str, place: tuple[str, str, int, str]) -> None:
    found = Places(HOSTS).find(url)
    assert (found.scheme, found.host, found.port, found.target) == place


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example.gov/",
        "https://hooks.example.gov:444/",
        "http://hooks.example.gov/",
        "http://hooks.example.gov:443/",
        "https://hooks.example.gov.evil.example/",
        "https://evil.example/hooks.example.gov",
        "https://evilhooks.example.gov/",
        "https://127.0.0.1/",
        "http://127.0.0.1:9001/",
        "http://127.0.0.2:9000/",
        "https://169.254.169.254/",
        "https://10.0.0.1:443/",
        "https://[::ffff:127.0.0.1]:9000/",
        "https://0x7f.1:9000/",
        "https://2130706433:9000/",
    ],
)
def test_what_is_not_listed_is_not(url: str) -> None:
    with pytest.raises(Elsewhere) as found:
        Places(HOSTS).find(url)
    assert not isinstance(found.value, Malformed)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.gov",
        "//hooks.example.gov/",
        "ftp://hooks.example.gov/",
        "file:///etc/passwd",
        "gopher://hooks.example.gov/",
        "HTTPS://hooks.example.gov/",
        "https://HOOKS.example.gov/",
        "https://user@hooks.example.gov/",
        "https://user:secret@hooks.example.gov/",
        "https://hooks.example.gov:443@evil.example/",
        "https://evil.example#@hooks.example.gov/",
        "https://evil.example\\@hooks.example.gov/",
        "https://hooks.example.gov\\.evil.example/",
        "https://hooks.example.gov/#fragment",
        "https://hooks.example.gov:/",
        "https://hooks.example.gov:443443/",
        "https://hooks.example.gov./",
        "https://hooks.example.gov/ ",
        " https://hooks.example.gov/",
        "https://hooks.example.gov/\r\nHost: evil.example",
        "https://hooks.example.gov/\n",
        "https://hooks.example.gov/\0",
        "https://hooks。example.gov/",
        "https://hööks.example.gov/",
        "https://[fe80::1%25eth0]:9000/",
        "https://hooks.example.gov/" + "a" * 2000,
    ],
)
def test_what_parsers_could_read_in_two_ways_is_no_address(url: str) -> None:
    with pytest.raises(Malformed):
        Places(HOSTS).find(url)


def leading(*addresses: str, networks: tuple[str, ...] = ()) -> Places:
    return Places(HOSTS, networks, lambda host, port: list(addresses))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104 - this machine, under another name
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "2001:db8::1",
    ],
)
def test_a_listed_name_leads_nowhere_inside(address: str) -> None:
    for found in ((address,), ("8.8.8.8", address), (address, "8.8.8.8")):
        with pytest.raises(Elsewhere):
            leading(*found).addresses("hooks.example.gov", 443)


def test_a_listed_name_leads_to_public_addresses_and_to_networks_that_are_named() -> None:
    public = ("8.8.8.8", "2606:4700::1111")
    assert leading(*public).addresses("hooks.example.gov", 443) == list(public)
    inside = leading("10.2.3.4", networks=("10.2.0.0/16",))
    assert inside.addresses("hooks.example.gov", 443) == ["10.2.3.4"]
    with pytest.raises(Elsewhere):
        leading("10.3.3.4", networks=("10.2.0.0/16",)).addresses("hooks.example.gov", 443)


def test_a_host_that_is_not_listed_is_not_even_looked_up() -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise AssertionError("it was looked up")

    for host, port in (("evil.example", 443), ("hooks.example.gov", 444)):
        with pytest.raises(Elsewhere):
            Places(HOSTS, (), resolve).addresses(host, port)


def test_this_machine_is_this_machine() -> None:
    assert leading("127.0.0.1").addresses("127.0.0.1", 9000) == ["127.0.0.1"]
    assert leading("::1", "127.0.0.1").addresses("localhost", 9001) == ["::1", "127.0.0.1"]
    for wrong in ("10.0.0.1", "8.8.8.8"):
        with pytest.raises(Elsewhere):
            leading(wrong).addresses("localhost", 9001)
        with pytest.raises(Elsewhere):
            leading(wrong).addresses("127.0.0.1", 9000)


def test_a_name_that_nobody_knows_is_not_found() -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror("unknown")

    with pytest.raises(OSError, match="unknown"):
        Places(HOSTS, (), resolve).addresses("hooks.example.gov", 443)


@pytest.mark.parametrize(
    "listed", ["hooks.example.gov", "https://hooks.example.gov:443", "a:0", "a:65536", "A:443", ":443", "*:443"]
)
def test_a_list_that_is_not_of_its_form_is_refused(listed: str) -> None:
    with pytest.raises(NotAPlace):
        Places([listed])


def test_a_network_that_is_none_is_refused() -> None:
    for network in ("10.2.0.1/16", "everything", ""):
        with pytest.raises(NotAPlace):
            Places(HOSTS, [network])
