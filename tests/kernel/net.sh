#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# net WHAT... - devices for cases with `boot net`; what is there already is left alone.
#
#   pair     namespaces a (10.9.0.1) and b (10.9.0.2), devices va and vb. Nothing is sent there that no
#            trigger sends: no IPv6, all neighbours known
#   pair6    namespaces c (fd09::1) and d (fd09::2), devices vc and vd; the kernel may send MLD reports
#   vlan     va.100 and vb.100, 10.9.1.N
#   qinq     va.200 and vb.200 (802.1ad), in them va.200.30 and vb.200.30, 10.9.2.N
#   vxlan    xa and xb, 10.9.3.N: VNI 42, port 4789
#   gre      ga and gb, 10.9.4.N
#   ipip     ia and ib, 10.9.5.N
#   sit      sa and sb, fd09:6::N
#   geneve   na and nb, 10.9.7.N: VNI 43, port 6081
#
# The Ethernet address of a device in a is 02:00:00:00:XX:0a, in b (and c, d) ..:0b, XX the network.
set -e

# busybox's shell prefers its own, which knows less.
ip() { /usr/sbin/ip "$@"; }

mac() { echo "02:00:00:00:0$1:$2"; }

# make NAMESPACE - with nothing in it.
make() {
	ip netns add "$1"
	ip -n "$1" link set lo up
}

# quiet NAMESPACE - without IPv6.
quiet() {
	nsenter --net="/run/netns/$1" sh -c 'for f in all default; do echo 1 >/proc/sys/net/ipv6/conf/$f/disable_ipv6; done'
}

# up N DEVICE - the two ends, DEVICEa and DEVICEb or what stands for these, get addresses of network N.
up() {
	ip -n a addr add "10.9.$1.1/24" dev "$2"
	ip -n b addr add "10.9.$1.2/24" dev "$3"
	ip -n a link set "$2" up
	ip -n b link set "$3" up
}

# know N A B - each knows the other's Ethernet address.
know() {
	ip -n a link set "$2" address "$(mac "$1" 0a)"
	ip -n b link set "$3" address "$(mac "$1" 0b)"
	up "$@"
	ip -n a neigh replace "10.9.$1.2" lladdr "$(mac "$1" 0b)" dev "$2" nud permanent
	ip -n b neigh replace "10.9.$1.1" lladdr "$(mac "$1" 0a)" dev "$3" nud permanent
}

# both TYPE A B [ARG...] - a tunnel between the two.
both() {
	local type=$1 a=$2 b=$3
	shift 3
	ip -n a link add "$a" type "$type" local 10.9.0.1 remote 10.9.0.2 "$@"
	ip -n b link add "$b" type "$type" local 10.9.0.2 remote 10.9.0.1 "$@"
}

# smaller A B - packets of theirs fit into those around them.
smaller() {
	ip -n a link set "$1" mtu 1450
	ip -n b link set "$2" mtu 1450
}

net_pair() {
	[ ! -e /run/netns/b ] || return 0
	make a
	make b
	quiet a
	quiet b
	ip -n a link add va type veth peer name vb netns b
	know 0 va vb
}

net_pair6() {
	[ ! -e /run/netns/d ] || return 0
	make c
	make d
	ip -n c link add vc address 02:00:00:00:06:0a type veth peer name vd address 02:00:00:00:06:0b netns d
	ip -n c link set vc addrgenmode none up
	ip -n d link set vd addrgenmode none up
	ip -n c addr add fd09::1/64 dev vc nodad
	ip -n d addr add fd09::2/64 dev vd nodad
	ip -n c neigh replace fd09::2 lladdr 02:00:00:00:06:0b dev vc nud permanent
	ip -n d neigh replace fd09::1 lladdr 02:00:00:00:06:0a dev vd nud permanent
}

net_vlan() {
	ip -n a link add link va name va.100 type vlan id 100
	ip -n b link add link vb name vb.100 type vlan id 100
	know 1 va.100 vb.100
}

net_qinq() {
	ip -n a link add link va name va.200 type vlan proto 802.1ad id 200
	ip -n b link add link vb name vb.200 type vlan proto 802.1ad id 200
	ip -n a link set va.200 up
	ip -n b link set vb.200 up
	ip -n a link add link va.200 name va.200.30 type vlan id 30
	ip -n b link add link vb.200 name vb.200.30 type vlan id 30
	know 2 va.200.30 vb.200.30
}

net_vxlan() {
	both vxlan xa xb id 42 dstport 4789
	smaller xa xb
	know 3 xa xb
}

net_gre() {
	both gre ga gb
	up 4 ga gb
}

net_ipip() {
	both ipip ia ib
	up 5 ia ib
}

net_sit() {
	both sit sa sb
	for n in a:1 b:2; do
		nsenter --net="/run/netns/${n%:*}" sh -c "echo 0 >/proc/sys/net/ipv6/conf/s${n%:*}/disable_ipv6"
		ip -n "${n%:*}" link set "s${n%:*}" addrgenmode none up
		ip -n "${n%:*}" addr add "fd09:6::${n#*:}/64" dev "s${n%:*}" nodad
	done
}

net_geneve() {
	ip -n a link add na type geneve id 43 remote 10.9.0.2
	ip -n b link add nb type geneve id 43 remote 10.9.0.1
	smaller na nb
	know 7 na nb
}

mkdir -p /run/net
for what; do
	[ ! -e "/run/net/$what" ] || continue
	"net_$what"
	: >"/run/net/$what"
done
