package bundle_test

import (
	"bytes"
	"testing"

	"warroom/model"
	"warroom/model/bundle"
)

// TestEveryByteOfEveryBag: changing any one byte is detected in a record with a redaction,
// in one with evidence, and in partial exports. Within long content that one hash covers,
// only some bytes are tried.
func TestEveryByteOfEveryBag(t *testing.T) {
	l := sample(t, ulid, 2)
	l.add(l.ana, &model.UpdateSent{Audience: "customers", Conditions: "your data is safe"})
	l.redact(l.ana, 4)
	l.checkpoint()
	e := sample(t, ulid, 1)
	for name, bag := range map[string][]byte{
		"redacted": l.pack(l.hub), "regulator": l.packSubset("regulator", l.hub),
		"customer": l.packSubset("customer", l.hub),
		"public":   l.packSubset("public", l.hub),
		"evidence": e.packWith(false, e.collected(1, "what sshd said")),
	} {
		t.Run(name, func(t *testing.T) {
			long := inside(bag, "/data/report.html", "/data/report.json", "/data/report.md", "/data/plan.json")
			for i := range bag {
				if long(i) && i%37 > 0 {
					continue
				}
				bag[i] ^= 1 << (i % 8)
				if b, err := bundle.Open(bytes.NewReader(bag), int64(len(bag))); err == nil &&
					b.Verify(bundle.VerifyOptions{}).Sound() {
					t.Fatalf("changing byte %d of %d is not detected", i, len(bag))
				}
				bag[i] ^= 1 << (i % 8)
			}
		})
	}
}

// inside reports whether a byte is within the content of certain files of a zip, far from
// their headers.
func inside(bag []byte, names ...string) func(int) bool {
	var from, to []int
	for _, n := range names {
		if at := bytes.Index(bag, []byte(n)); at >= 0 {
			from = append(from, at+100)
			to = append(to, at+bytes.Index(bag[at:], []byte("PK\x03\x04"))-20)
		}
	}
	return func(i int) bool {
		for k := range from {
			if from[k] < i && i < to[k] {
				return true
			}
		}
		return false
	}
}
