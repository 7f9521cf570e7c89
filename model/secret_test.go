package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretNeverPrints(t *testing.T) {
	const open = "hunter2-correct-horse"
	s := NewSecret([]byte(open))
	in := struct {
		A Secret
		b Secret
		C *Secret
	}{s, s, &s}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
		fmt.Fprintf(&out, verb, s)
		fmt.Fprintf(&out, verb, &s)
		fmt.Fprintf(&out, verb, in.A)
		fmt.Fprintf(&out, verb, in) // methods of b are not called
		fmt.Fprintf(&out, verb, &in)
		fmt.Fprintf(&out, verb, []Secret{s})
		fmt.Fprintf(&out, verb, map[string]Secret{"a": s})
	}
	if err := json.NewEncoder(&out).Encode(in); err != nil {
		t.Fatalf("encode: %v", err)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "s", s, "in", slog.AnyValue(in.C))
	out.WriteString(Safef("%s", s).String())
	for _, bad := range []string{open, fmt.Sprintf("%x", open), fmt.Sprintf("%X", open), fmt.Sprint([]byte(open)),
		fmt.Sprintf("%x", open[:4]), "0x68, 0x75, 0x6e"} {
		if strings.Contains(out.String(), bad) {
			t.Errorf("it prints: %s", out.String())
		}
	}
	if string(s.Reveal()) != open || s.IsEmpty() || !(Secret{}).IsEmpty() || string(in.b.Reveal()) != open {
		t.Error("it is not there any more")
	}
}
