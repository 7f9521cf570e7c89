package model

import (
	"encoding/hex"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// The types of indicators.
const (
	IndicatorIP      = "ip"
	IndicatorDomain  = "domain"
	IndicatorURL     = "url"
	IndicatorHash    = "hash"
	IndicatorMail    = "mail"
	IndicatorAccount = "account"
)

// IndicatorTypes are the types of indicators, in the order in which lists show them.
var IndicatorTypes = []string{IndicatorIP, IndicatorDomain, IndicatorURL, IndicatorHash, IndicatorMail,
	IndicatorAccount}

const maxIndicator = 500

// HashNames maps the length of a hash in hexadecimal digits to its name.
var HashNames = map[int]string{32: "MD5", 40: "SHA-1", 64: "SHA-256", 128: "SHA-512"}

var domainForm = regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`)

// indicatorValue returns a value in the form in which it is stored, or an error if
// it does not have the given type. The value may be defanged.
func indicatorValue(typ, s string) (string, error) {
	if !slices.Contains(IndicatorTypes, typ) {
		return "", badIndicatorType(typ)
	}
	if err := oneLine("value of the indicator", s, maxIndicator); err != nil {
		return "", err
	}
	if strings.ContainsFunc(s, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }) {
		return "", Refuse(Invalid, "the value of an indicator is one word, not %s", quoted(s))
	}
	s = refanged(s)
	switch typ {
	case IndicatorIP:
		return ipValue(s)
	case IndicatorDomain:
		return domainValue(s)
	case IndicatorURL:
		return urlValue(s)
	case IndicatorHash:
		return hashValue(s)
	case IndicatorMail:
		return mailValue(s)
	}
	return s, nil
}

func ipValue(s string) (string, error) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked().String(), nil
	}
	ip, err := netip.ParseAddr(s)
	if err != nil || ip.Zone() != "" {
		return "", Refuse(Invalid, "%s is not an IP address: write it as 203.0.113.9, 2001:db8::7 or 203.0.113.0/24",
			quoted(s))
	}
	return ip.String(), nil
}

func domainValue(s string) (string, error) {
	d := strings.ToLower(strings.TrimSuffix(s, "."))
	if len(d) > 253 || !domainForm.MatchString(d) {
		return "", Refuse(Invalid, "%s is not a domain: write it as evil.example, in ASCII (xn--...)", quoted(s))
	}
	return d, nil
}

func urlValue(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme == "" {
		return "", Refuse(Invalid, "%s is not a web address: write it as https://evil.example/path", quoted(s))
	}
	return s, nil
}

func hashValue(s string) (string, error) {
	h := strings.ToLower(s)
	if _, err := hex.DecodeString(h); err != nil || HashNames[len(h)] == "" {
		return "", Refuse(Invalid,
			"%s is not a hash: write an MD5, SHA-1, SHA-256 or SHA-512 in hexadecimal, 32, 40, 64 or 128 digits",
			quoted(s))
	}
	return h, nil
}

func mailValue(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s {
		return "", Refuse(Invalid, "%s is not a mail address: write it as name@evil.example", quoted(s))
	}
	return s, nil
}

var (
	fangs   = strings.NewReplacer("[.]", ".", "(.)", ".", "[:]", ":", "[@]", "@", "[at]", "@", "[://]", "://")
	hxxp    = regexp.MustCompile(`(?i)^hxxp`)
	http    = regexp.MustCompile(`(?i)^http`)
	defangs = strings.NewReplacer(".", "[.]", "@", "[@]")
)

// refanged reverses the defanging of a value.
func refanged(s string) string { return hxxp.ReplaceAllString(fangs.Replace(s), "http") }

// Defanged returns the value of an indicator in a form that no program turns into a
// link.
func Defanged(typ, s string) Safe {
	switch typ {
	case IndicatorHash:
	case IndicatorIP:
		s = strings.NewReplacer(".", "[.]", ":", "[:]").Replace(s)
	case IndicatorURL:
		scheme, rest, ok := strings.Cut(s, "://")
		if !ok {
			scheme, rest = "", s
		}
		end := strings.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		s = http.ReplaceAllString(scheme, "hxxp") + map[bool]string{true: "[://]",
			false: ""}[ok] + defangs.Replace(rest[:end]) + strings.ReplaceAll(rest[end:], "://", "[://]")
		if http.MatchString(scheme) {
			s = strings.Replace(s, "[://]", "://", 1)
		}
	default:
		s = defangs.Replace(s)
	}
	return CleanLine(s)
}
