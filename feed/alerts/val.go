package alerts

import (
	"bytes"
	"iter"
	"strconv"
	"strings"
	"time"
)

// val is one value of a doc. The zero value is a missing value, and its methods return zero
// values.
type val struct {
	d *doc
	i int32
}

func (v val) node() *node {
	if v.d == nil {
		return &node{}
	}
	return &v.d.nodes[v.i]
}

// is reports whether the value begins with that byte: { [ " 0.
func (v val) is(kind byte) bool { return v.i > 0 && v.node().kind == kind }

// has reports whether all these members exist.
func (v val) has(keys ...string) bool {
	for _, k := range keys {
		if v.get(k).i == 0 {
			return false
		}
	}
	return true
}

// get follows a path of names. If a name does not exist, it is also tried with a capital
// letter, as the AWS command line writes it.
func (v val) get(path ...string) val {
	for _, k := range path {
		if v = v.member(k); v.i == 0 {
			break
		}
	}
	return v
}

func (v val) member(key string) val {
	if !v.is('{') {
		return val{}
	}
	for c := v.node().child; c > 0; c = v.d.nodes[c].sibling {
		if n := &v.d.nodes[c]; string(v.d.text[n.key:n.keyEnd]) == key {
			return val{d: v.d, i: c}
		}
	}
	return val{}
}

// any is get, with the first letter of each name in either case.
func (v val) any(path ...string) val {
	for _, k := range path {
		m := v.member(k)
		if m.i == 0 {
			m = v.member(strings.ToUpper(k[:1]) + k[1:])
		}
		v = m
	}
	return v
}

// first returns the first non-empty text of some members.
func (v val) first(keys ...string) string {
	for _, k := range keys {
		if s := v.get(k).str(); s != "" {
			return s
		}
	}
	return ""
}

func (v val) raw() []byte {
	n := v.node()
	if v.i == 0 || n.kind == 'n' {
		return nil
	}
	return v.d.text[n.text:n.textEnd]
}

// str returns a text, or a number as written, and "" for anything else.
func (v val) str() string {
	if v.is('"') || v.is('0') {
		return string(v.raw())
	}
	return ""
}

// equal compares without allocating a string.
func (v val) equal(s string) bool { return v.is('"') && string(v.raw()) == s }

// key returns the name of a member.
func (v val) key() string {
	if v.i == 0 {
		return ""
	}
	return string(v.d.text[v.node().key:v.node().keyEnd])
}

func (v val) yes() bool { return v.is('t') }

// num returns a whole number, also from a text, or 0.
func (v val) num() int {
	f, err := strconv.ParseFloat(v.str(), 64)
	if err != nil || f < 0 || f > 1<<31 {
		return 0
	}
	return int(f)
}

// float returns a number, also from a text.
func (v val) float() (float64, bool) {
	f, err := strconv.ParseFloat(v.str(), 64)
	return f, err == nil
}

// all iterates over the members.
func (v val) all() iter.Seq[val] {
	return func(yield func(val) bool) {
		if v.i == 0 {
			return
		}
		for c := v.node().child; c > 0; c = v.d.nodes[c].sibling {
			if !yield(val{d: v.d, i: c}) {
				return
			}
		}
	}
}

// count returns the number of members.
func (v val) count() (n int) {
	for range v.all() {
		n++
	}
	return n
}

// at0 returns the first element of an array.
func (v val) at0() val {
	if v.is('[') && v.node().child > 0 {
		return val{d: v.d, i: v.node().child}
	}
	return val{}
}

var timeForms = []string{time.RFC3339Nano, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.999999999-0700",
	"2006-01-02 15:04:05 -0700 -0700", "2006-01-02 15:04:05 -0700 MST", "2006-01-02 15:04:05 MST", time.RFC1123Z,
	time.RFC1123, time.DateOnly}

// when parses a time in any of the forms that tools write; a number is seconds or
// milliseconds since 1970.
func (v val) when() time.Time {
	if v.is('0') {
		f, _ := v.float()
		switch {
		case f > 1e11 && f < 1e14:
			return time.UnixMilli(int64(f)).UTC()
		case f > 1e8 && f <= 1e11:
			return time.Unix(int64(f), 0).UTC()
		}
		return time.Time{}
	}
	return readTime(string(bytes.TrimSpace(v.raw())))
}

func readTime(s string) time.Time {
	if s == "" || len(s) > 64 {
		return time.Time{}
	}
	for _, form := range timeForms {
		if t, err := time.Parse(form, s); err == nil && t.Year() > 1 && t.Year() < 10000 {
			return t.UTC()
		}
	}
	return time.Time{}
}
