package model_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// TestDuplicateKey: duplicate keys are found at any depth, in any notation, and for
// every pair of keys that encoding/json considers equal.
func TestDuplicateKey(t *testing.T) {
	many := func(last string) string {
		var b strings.Builder
		for i := range 100 {
			fmt.Fprintf(&b, `"k%d":%d,`, i, i)
		}
		return "{" + b.String() + last + ":0}"
	}
	for raw, want := range map[string]string{
		`{}`: "", `[]`: "", `""`: "", `1`: "", ` null `: "",
		`{"a":1,"b":2}`:                       "",
		`{"a":{"a":{"a":1}},"b":{"a":1}}`:     "",
		`[{"a":1},{"a":1}]`:                   "",
		`{"a":"a","b":"a"}`:                   "",
		`{"a":["a","a",{"b":1}],"b":"b"}`:     "",
		`{"a":"\"a\":1,\"a\":2","b":"{[\\"}`:  "",
		`{"a":1,"a":1}`:                       "a",
		`{"a":1,"b":{},"a":[]}`:               "a",
		`{"kind":1,"Kind":2}`:                 "Kind",
		`{"x":[1,{"y":{"BODY":1,"body":2}}]}`: "body",
		`[[[{"a":1,"a":2}]]]`:                 "a",
		`{"a":1,"\u0061":2}`:                  "a",
		`{"kind":1,"\u212Aind":2}`:            "\u212aind",
		"{\"kind\":1,\"\u212aind\":2}":        "\u212aind",
		"{\"seq\":1,\"\u017feq\":2}":          "\u017feq",
		"{\"s\":1,\"\\u017f\":2}":             "\u017f",
		"{\"É\":1,\"é\":2}":                   "é",
		"{\"σ\":1,\"ς\":2}":                   "ς",
		`{"":1,"":2}`:                         "",
		`{"a":1,"a"`:                          "", // not JSON
		"{\"a\":{\"b\":1},\"a\":{}} x":        "",
		many(`"k100"`):                        "",
		many(`"k57"`):                         "k57",
		many(`"K57"`):                         "K57",
		many("\"\u212a57\""):                  "\u212a57",
	} {
		got, found := model.DuplicateKey([]byte(raw))
		if wantFound := want != "" || raw == `{"":1,"":2}`; got != want || found != wantFound {
			t.Errorf("%.60s: got %q, %v; want %q, %v", raw, got, found, want, wantFound)
		}
	}
}

// TestDuplicateKeyInDeepText: to the depth that encoding/json reads.
func TestDuplicateKeyInDeepText(t *testing.T) {
	deep := strings.Repeat(`{"a":[`, 4000) + `{"b":1,"B":2}` + strings.Repeat(`]}`, 4000)
	if got, found := model.DuplicateKey([]byte(deep)); got != "B" || !found {
		t.Errorf("got %q, %v; want \"B\"", got, found)
	}
}

// FuzzDuplicateKey compares DuplicateKey with a decoder that reads token by token.
func FuzzDuplicateKey(f *testing.F) {
	for _, s := range []string{`{"a":1,"A":2}`, `[{"a":{"b":[1,"x"]}}]`, "{\"k\":1,\"\u212a\":2}",
		`{"a":"\"","\u0061":0}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		_, got := model.DuplicateKey(raw)
		if want := slowly(json.NewDecoder(bytes.NewReader(raw))); got != want {
			t.Errorf("%q: got %v, want %v", raw, got, want)
		}
	})
}

// slowly reports whether the next value has a duplicate key.
func slowly(d *json.Decoder) bool {
	t, err := d.Token()
	if err != nil {
		return false
	}
	found := false
	switch t {
	case json.Delim('{'):
		var keys []string
		for d.More() {
			k, err := d.Token()
			if err != nil {
				return found
			}
			for _, prev := range keys {
				found = found || strings.EqualFold(prev, fmt.Sprint(k))
			}
			keys = append(keys, fmt.Sprint(k))
			found = slowly(d) || found
		}
	case json.Delim('['):
		for d.More() {
			found = slowly(d) || found
		}
	default:
		return false
	}
	_, _ = d.Token() // the closing delimiter
	return found
}

// TestDuplicateKeysAreNeverWritten: they are refused when drafting and when
// encoding, even in a message that is part of another one.
func TestDuplicateKeysAreNeverWritten(t *testing.T) {
	for _, inner := range []string{`{"a":1,"a":2}`, `{"a":1,"A":2}`, "{\"k\":1,\"\u212a\":2}",
		`{"b":[{"a":{"x":1,"\u0058":2}}]}`} {
		b := &model.EntryRedacted{Entry: "x", Seq: 3, Reason: "x", Event: json.RawMessage(inner)}
		if _, err := model.NewDraft("id", model.Actor{Handle: "ana"}, model.Act{Body: b},
			time.Now()); model.CodeOf(err) != model.Invalid {
			t.Errorf("a draft with %s: got %v, want it refused", inner, err)
		}
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatalf("encode JSON: %v", err)
		}
		e := model.Event{V: 1, Room: "r", ID: "i", Kind: model.KindOf(b), Body: raw}
		if _, err := e.Encode(); model.CodeOf(err) != model.Invalid {
			t.Errorf("a message with %s: got %v, want it refused", inner, err)
		}
	}
}
