package record_test

import (
	"crypto/ed25519"
	"runtime"
	"sync"
	"testing"

	"warroom/model/record"
	"warroom/model/seal"
)

// BenchmarkVerify100k checks a record of 100,000 entries; BenchmarkBare100k does
// nothing but the signatures of the same log, on as many cores: the floor.
func BenchmarkVerify100k(b *testing.B) {
	l := sample(b, ulid, 100_000-3)
	l.checkpoint()
	for b.Loop() {
		if v := record.Verify(record.Evidence{Messages: l.ms, Notes: l.notes}, record.Wish{}); !v.Sound() || v.Size != 100_000 {
			b.Fatal(v.Bad)
		}
	}
}

// BenchmarkBare100k is the floor of BenchmarkVerify100k.
func BenchmarkBare100k(b *testing.B) {
	l := sample(b, ulid, 100_000-3)
	type one struct {
		pub      ed25519.PublicKey
		msg, sig []byte
	}
	var all []one
	for i := range l.ms {
		w := l.writtenByID[l.ms[i].Seq]
		msg := append([]byte(seal.Prefix), l.ms[i].Data...)
		all = append(all, one{w.priv.Public().(ed25519.PublicKey), msg, ed25519.Sign(w.priv, msg)})
	}
	for b.Loop() {
		n := runtime.GOMAXPROCS(0)
		var wg sync.WaitGroup
		for part := range n {
			wg.Go(func() {
				for i := part; i < len(all); i += n {
					if !ed25519.Verify(all[i].pub, all[i].msg, all[i].sig) {
						b.Error("a signature does not check")
					}
				}
			})
		}
		wg.Wait()
	}
}
