package model

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DuplicateKey returns a key that occurs twice in one object of a JSON text, at any
// depth. Keys that differ only in case count as the same, since package
// encoding/json matches them without regard to case. Readers disagree on which of
// two values counts, so such a text is ambiguous. It returns false if there is no
// such key or if raw is not JSON.
func DuplicateKey(raw []byte) (key string, found bool) {
	if !json.Valid(raw) {
		return "", false
	}
	return duplicateKey(raw)
}

// manyKeys is the number of keys above which an object is searched with a map.
const manyKeys = 24

// object is an object or array that is open at the current position.
type object struct {
	first int // index in keys of its first key
	seen  map[string]bool
	isMap bool
	isKey bool // the next string is a key
}

// duplicateKey is DuplicateKey for text that is known to be valid JSON.
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

// stringAt returns the content of the string that begins at raw[i], whether it is
// free of escapes, and the index after it.
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

// unquoted decodes the escapes of a string.
func unquoted(text []byte) []byte {
	var s string
	if json.Unmarshal(append(append([]byte{'"'}, text...), '"'), &s) != nil {
		return text
	}
	return []byte(s)
}

// has reports whether the object has the key already, and adds it to its map if it
// has many keys.
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

// foldedKey returns the same text for all keys that are equal under
// [bytes.EqualFold].
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
