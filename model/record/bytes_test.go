package record_test

import (
	"bytes"
	"testing"

	"warroom/model"
	"warroom/model/record"
)

// TestEveryByteOfEveryBag: one byte that was changed, wherever it is, in a record
// with a redaction, in one with evidence, and in the parts for outsiders. Inside of
// what is long and lies in one hash, some are.
func TestEveryByteOfEveryBag(t *testing.T) {
	l := sample(t, ulid, 2)
	l.say(l.ana, &model.UpdateSent{Audience: "customers", Conditions: "your data is safe"})
	l.redact(l.ana, 4)
	l.checkpoint()
	e := sample(t, ulid, 1)
	for name, bag := range map[string][]byte{
		"redacted": l.pack(l.hub), "regulator": l.part("regulator", l.hub), "customer": l.part("customer", l.hub), "public": l.part("public", l.hub),
		"evidence": e.packWith(false, e.collected(1, "what sshd said")),
	} {
		t.Run(name, func(t *testing.T) {
			long := inside(bag, "/data/report.html", "/data/report.json", "/data/report.md", "/data/plan.json")
			for i := range bag {
				if long(i) && i%37 > 0 {
					continue
				}
				bag[i] ^= 1 << (i % 8)
				if b, err := record.Open(bytes.NewReader(bag), int64(len(bag))); err == nil && b.Verify(record.Wish{}).Sound() {
					t.Fatalf("byte %d of %d may be changed", i, len(bag))
				}
				bag[i] ^= 1 << (i % 8)
			}
		})
	}
}

// inside says whether a byte lies in the content of certain files of a zip, away from
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
