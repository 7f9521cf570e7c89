package bundle_test

import (
	"testing"
	"time"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/model/signing"
)

// witnessed adds a checkpoint at the end of the log with the hub's signature, and cosigns it.
func (l *log) witnessed(marks ...func(signing.Checkpoint) []byte) *log {
	l.checkpoint()
	last := len(l.notes) - 1
	for _, mark := range marks {
		l.notes[last] = signing.Join(l.notes[last], mark(l.point()))
	}
	return l
}

// marks cosigns in the name of a handle.
func marks(handle string, by *writer, at time.Time) func(signing.Checkpoint) []byte {
	return func(c signing.Checkpoint) []byte { return c.Cosign(handle, by.priv, at) }
}

// witnessCases are exports of a log that somebody cosigned. Only other people than the hub count, each once, whose
// keys the export shows to be theirs and that were not revoked.
func witnessCases(t testing.TB) map[string]struct {
	bag  []byte
	n    int
	want int
} {
	bo, mallory := newWriter("bo", 3), newWriter("mallory", 99)
	revoked := sample(t, ulid, 4)
	revoked.add(revoked.ana, &model.KeyRevoked{Handle: "bo", Reason: "stolen"})
	whole := func(marks ...func(signing.Checkpoint) []byte) []byte {
		l := sample(t, ulid, 4).witnessed(marks...)
		return l.pack(l.hub)
	}
	part := func(marks ...func(signing.Checkpoint) []byte) []byte {
		l := sampleWithUpdates(t).witnessed(marks...)
		return l.packSubset("regulator", l.hub)
	}
	first := func(marks ...func(signing.Checkpoint) []byte) []byte {
		return sample(t, ulid, 4).witnessed(marks...).proof(1)
	}
	hub, boAt, again := marks("hub", newWriter("hub", 1), epoch), marks("bo", bo, epoch),
		marks("bo", bo, epoch.Add(time.Minute))
	return map[string]struct {
		bag  []byte
		n    int
		want int
	}{
		"bo":                          {whole(boAt), 1, 0},
		"the hub":                     {whole(hub), 1, 6},
		"the hub and bo":              {whole(hub, boAt), 2, 6},
		"bo, twice":                   {whole(boAt, again), 2, 6},
		"bo, whose key was revoked":   {revoked.witnessed(boAt).pack(revoked.hub), 1, 6},
		"a part: bo":                  {part(boAt), 1, 0},
		"a part: the hub":             {part(hub), 1, 6},
		"a part: bo, twice":           {part(boAt, again), 2, 6},
		"a part: another key as bo":   {part(marks("bo", mallory, epoch)), 1, 6},
		"an entry: no witness":        {first(), 0, 0},
		"an entry: bo":                {first(boAt), 1, 6},
		"an entry: another key as bo": {first(marks("bo", mallory, epoch)), 1, 6},
	}
}

// TestWitnesses: whoever has the hub's key alone cannot make the verification end with 0 if it requires another
// person.
func TestWitnesses(t *testing.T) {
	for name, c := range witnessCases(t) {
		if code, why := codeOf(c.bag, bundle.VerifyOptions{Witness: c.n}); code != c.want {
			t.Errorf("%s, %d required: got %d (%s), want %d", name, c.n, code, why, c.want)
		}
	}
}
