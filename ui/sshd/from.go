package sshd

import (
	"net"
	"net/netip"
	"path"
	"strings"

	"warroom/model"
)

// origin is the value of from=: patterns of addresses. One of them must match, and none of
// those with an exclamation mark.
type origin []pattern

// pattern is an address, a network, or an address with * and ?.
type pattern struct {
	not  bool
	net  netip.Prefix
	glob string
}

// parseOrigin parses the value of from=. It refuses host names: names are not resolved,
// because the owner of the name controls the result.
func parseOrigin(s string) (origin, error) {
	var o origin
	for f := range strings.SplitSeq(s, ",") {
		var p pattern
		f, p.not = strings.CutPrefix(strings.TrimSpace(f), "!")
		if n, err := netip.ParsePrefix(f); err == nil {
			if n != n.Masked() {
				return nil, model.Refuse(model.Invalid,
					"from= has %s, which is an address within the network %s; write one or the other", f,
					n.Masked().String())
			}
			p.net = n
		} else if a, err := netip.ParseAddr(f); err == nil {
			a = a.Unmap()
			p.net = netip.PrefixFrom(a, a.BitLen())
		} else if f != "" && strings.Trim(f, "0123456789abcdefABCDEF.:*?") == "" {
			p.glob = strings.ToLower(f)
		} else {
			return nil, model.Refuse(model.Invalid,
				"from= has %q, which is not an address; write addresses, networks such as 10.0.0.0/8, or 10.1.*; "+
					"names are not looked up", f)
		}
		o = append(o, p)
	}
	return o, nil
}

// allows reports whether a connection from an address is allowed.
func (o origin) allows(a netip.Addr) bool {
	if !a.IsValid() {
		return false
	}
	ok := false
	for _, p := range o {
		fits := p.net.IsValid() && p.net.Contains(a)
		if p.glob != "" {
			fits, _ = path.Match(p.glob, a.String()) // the pattern has no character class that could be invalid
		}
		if fits && p.not {
			return false
		}
		ok = ok || fits
	}
	return ok
}

// addrOf returns the IP address of a peer, or the zero value if it has none.
func addrOf(a net.Addr) netip.Addr {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	ip, _ := netip.AddrFromSlice(t.IP)
	return ip.Unmap().WithZone("")
}
