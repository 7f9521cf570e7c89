package model

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DuplicateKey returns a key that one object of a JSON text has twice, at any
// depth, and false where there is none. Keys that differ only in case count as
// one, as in package encoding/json: which of both a reader takes depends on the
// reader, so such a text has no single meaning. A text that is no JSON has none.
func DuplicateKey(raw []byte) (key string, found bool) {
	if !json.Valid(raw) {
		return "", false
	}
	return duplicateKey(raw)
}

// manyKeys is the number of keys above which those of an object are looked up in
// a map, and not compared with each other.
const manyKeys = 24

// object is one object or array that is open at a place of the text.
type object struct {
	first int // its first key in keys
	seen  map[string]bool
	isMap bool
	isKey bool // the next string is a key
}

// duplicateKey is DuplicateKey for a text that is valid JSON.
func duplicateKey(raw []byte) (string, bool) {
	var few [32][]byte
	var shallow [8]object
	keys, open := few[:0], shallow[:0]
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '{', '[':
			open = append(open, object{first: len(keys), isMap: raw[i] == '{', isKey: raw[i] == '{'})
		case '}', ']':
			if len(open) == 0 {
				return "", false
			}
			last := len(open) - 1
			keys, open = keys[:open[last].first], open[:last]
		case ',':
			if n := len(open); n > 0 {
				open[n-1].isKey = open[n-1].isMap
			}
		case '"':
			text, plain, end := stringAt(raw, i)
			i = end
			if len(open) == 0 || !open[len(open)-1].isKey {
				continue
			}
			o := &open[len(open)-1]
			o.isKey = false
			if !plain {
				text = unquoted(text)
			}
			if o.has(keys[o.first:], text) {
				return string(text), true
			}
			keys = append(keys, text)
		}
	}
	return "", false
}

// stringAt returns the inside of the string that begins at raw[i], whether it
// stands there as it reads, and where it ends.
func stringAt(raw []byte, i int) (text []byte, plain bool, end int) {
	plain = true
	for end = i + 1; end < len(raw); end++ {
		switch raw[end] {
		case '"':
			return raw[i+1 : end], plain, end
		case '\\':
			plain = false
			end++
		}
	}
	return raw[i+1:], plain, len(raw)
}

// unquoted returns what a string with escapes in it reads as.
func unquoted(text []byte) []byte {
	var s string
	if json.Unmarshal(append(append([]byte{'"'}, text...), '"'), &s) != nil {
		return text
	}
	return []byte(s)
}

// has reports whether an object has a key already, and notes it where it has many.
func (o *object) has(keys [][]byte, key []byte) bool {
	if len(keys) < manyKeys {
		for _, k := range keys {
			if len(k) == len(key) && bytes.Equal(k, key) || bytes.EqualFold(k, key) {
				return true
			}
		}
		return false
	}
	if o.seen == nil {
		o.seen = make(map[string]bool, 4*manyKeys)
		for _, k := range keys {
			o.seen[foldedKey(k)] = true
		}
	}
	f := foldedKey(key)
	if o.seen[f] {
		return true
	}
	o.seen[f] = true
	return false
}

// foldedKey maps all keys that [bytes.EqualFold] takes for one to one text.
func foldedKey(key []byte) string {
	var b strings.Builder
	b.Grow(len(key))
	for len(key) > 0 {
		r, n := utf8.DecodeRune(key)
		key = key[n:]
		lowest := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			lowest = min(lowest, next)
		}
		b.WriteRune(lowest)
	}
	return b.String()
}
