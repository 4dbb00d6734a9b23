"""The addresses of clients, as sockets and proxies write them."""

from ipaddress import IPv6Address, ip_address


def plain_address(said: str) -> str:
    """The address of a client without what may stand around it: quotes, a port (`192.0.2.1:4711`,
    `[2001:db8::1]:443`), a zone (`fe80::1%eth0`). IPv4 that is written as IPv6 (`::ffff:192.0.2.1`,
    as sockets for both do) is IPv4. Any other text is returned as it is."""
    text = said.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        ip = ip_address(text.partition("%")[0])
    except ValueError:
        return said
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return str(mapped or ip)
