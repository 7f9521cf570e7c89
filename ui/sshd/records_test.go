package sshd_test

import (
	"strings"
	"testing"

	"warroom/model/bundle"
)

// TestGuestsTakeTheRecordAway: a guest can export a record to a local file, signed by the
// hub, without the bytes of evidence; not to a terminal, and not of rooms that they may not
// see.
func TestGuestsTakeTheRecordAway(t *testing.T) {
	r, _ := whole(t)
	bag, errs, code := r.run("cy", cy, "export inc-1")
	if code != 0 {
		t.Fatalf("%d %s", code, errs)
	}
	b, err := bundle.Open(strings.NewReader(bag), int64(len(bag)))
	if err != nil {
		t.Fatalf("open a record: %v", err)
	}
	if v := b.Verify(bundle.VerifyOptions{}); !v.Sound() || v.Less || b.Principal != "hub" {
		t.Errorf("by %s: bad %v, open %v", b.Principal, v.Bad, v.Open)
	}
	profile, errs, code := r.run("cy", cy, "export inc-1 --profile public")
	if b, err := bundle.Open(strings.NewReader(profile), int64(len(profile))); code != 0 || err != nil || !b.Partial {
		t.Errorf("%d %s %v", code, errs, err)
	}
	one, errs, code := r.run("cy", cy, "export inc-1 --entry 2")
	if b, err := bundle.Open(strings.NewReader(one), int64(len(one))); code != 0 || err != nil || !b.SingleEntry {
		t.Errorf("%d %s %v", code, errs, err)
	}
	if out, errs, code := r.run("cy", cy, "export inc-9"); code != 1 || out != "" ||
		!strings.Contains(errs, "there is no room inc-9") {
		t.Errorf("%d %q %q", code, out, errs)
	}
	if out, errs, code := r.run("cy", cy, "export inc-1 -o /tmp/x"); code != 2 || out != "" {
		t.Errorf("%d %q %q", code, out, errs)
	}
	x := r.open(r.login("cy", cy), "xterm", "export inc-1", 80, 24)
	x.out.until(t, "an export is not written to a terminal")
	if x.wait() != 2 {
		t.Error("another exit code")
	}
}
