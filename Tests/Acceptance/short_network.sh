#!/bin/sh
# A network for calls that fall short; begins a command in it:  unshare --net short_network.sh COMMAND
set -e
ip link set lo up mtu 1500
echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range

# Routes that refuse, each in its own way.
ip route add unreachable 10.1.0.0/16
ip route add prohibit 10.2.0.0/16
ip route add blackhole 10.3.0.0/16
ip route add throw 10.4.0.0/16
ip -6 route add unreachable fd01::/32
ip -6 route add prohibit fd02::/32
ip -6 route add blackhole fd03::/32
ip -6 route add throw fd04::/32

# Rules that prohibit what messages say of their own way.
ip rule add pref 1 fwmark 4711 to 10.9.0.3 prohibit
ip rule add pref 3 uidrange 65534-65534 to 10.9.0.4 prohibit
ip rule add pref 2 tos 0x18 to 10.9.0.3 prohibit

# v0: nobody answers, so packets wait for a neighbour. w0: a narrow queue. x0: a small MTU.
for name in v w x; do
  ip link add "${name}0" type veth peer name "${name}1"
  echo 1 >"/proc/sys/net/ipv6/conf/${name}0/disable_ipv6"
  echo 1 >"/proc/sys/net/ipv6/conf/${name}1/disable_ipv6"
  ip link set "${name}0" up
  ip link set "${name}1" up
done
ip address add 10.9.0.1/24 broadcast 10.9.0.255 dev v0
ip address add 10.8.0.1/24 dev w0
ip address add 10.7.0.1/24 dev x0
ip neighbour add 10.9.0.3 lladdr 02:00:00:00:00:03 dev v0
ip neighbour add 10.9.0.4 lladdr 02:00:00:00:00:04 dev v0
ip neighbour add 10.8.0.2 lladdr 02:00:00:00:00:02 dev w0
ip neighbour add 10.7.0.2 lladdr 02:00:00:00:00:02 dev x0
ip link set x0 mtu 1280
ip route add 10.5.0.0/16 via 10.9.0.3
ip route add 10.6.0.0/16 via 10.9.0.3 mtu lock 900
ip link add down0 type veth peer name down1
tc qdisc add dev w0 root tbf rate 8kbit burst 1600 limit 3000

nft -f - <<'RULES'
table inet short {
  chain out {
    type filter hook output priority 0;
    udp dport 6666 drop
    udp dport 6667 reject
    tcp dport 6668 drop
  }
  chain in {
    type filter hook input priority 0;
    udp dport 6670 reject
    udp dport 6671 reject with icmp type prot-unreachable
    udp dport 6672 reject with icmp type net-prohibited
    udp dport 6673 reject with icmp type host-prohibited
    udp dport 6674 reject with icmpv6 type admin-prohibited
    udp dport 6675 reject with icmp type net-unreachable
    udp dport 6676 reject with icmp type host-unreachable
    udp dport 6677 reject with icmp type admin-prohibited
    udp dport 6678 reject with icmpv6 type no-route
    udp dport 6679 reject with icmpv6 type addr-unreachable
    udp dport 6680 reject with icmpv6 type policy-fail
    udp dport 6681 reject with icmpv6 type reject-route
  }
}
RULES
exec "$@"
