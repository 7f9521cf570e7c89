package bundle_test

import (
	"crypto/ed25519"
	"runtime"
	"sync"
	"testing"

	"warroom/model/bundle"
	"warroom/model/signing"
)

// BenchmarkVerify100k verifies a record of 100,000 entries.
func BenchmarkVerify100k(b *testing.B) {
	l := sample(b, ulid, 100_000-3)
	l.checkpoint()
	for b.Loop() {
		if v := bundle.Verify(bundle.Evidence{Messages: l.ms, Notes: l.notes}, bundle.VerifyOptions{}); !v.Sound() ||
			v.Size != 100_000 {
			b.Fatal(v.Bad)
		}
	}
}

// BenchmarkBare100k checks only the signatures of the same log, on as many cores. It is the
// lower bound of BenchmarkVerify100k.
func BenchmarkBare100k(b *testing.B) {
	l := sample(b, ulid, 100_000-3)
	type one struct {
		pub      ed25519.PublicKey
		msg, sig []byte
	}
	var all []one
	for i := range l.ms {
		w := l.writtenByID[l.ms[i].Seq]
		msg := append([]byte(signing.Prefix), l.ms[i].Data...)
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
