package jetlog

import (
	"errors"
	"fmt"
	"testing"

	"github.com/nats-io/nats.go"

	"warroom/feed/hubapi"
	"warroom/feed/subjects"
)

// TestDenialHasASubject: a denial is parsed once, and has exactly one subject.
func TestDenialHasASubject(t *testing.T) {
	err := typed(fmt.Errorf("%w: %s", nats.ErrPermissionViolation,
		`Permissions Violation for Publish to "warroom.a-1.log.bo.k"`))
	if !ComplainsOf(err, "warroom.a-1.log.bo.k") || !errors.Is(err, nats.ErrPermissionViolation) {
		t.Errorf("got %#v, want a complaint about warroom.a-1.log.bo.k", err)
	}
	if ComplainsOf(err, "warroom.a-1.log.bo") {
		t.Errorf("got a complaint about warroom.a-1.log.bo, want it about warroom.a-1.log.bo.k alone")
	}
	for _, other := range []error{nil, nats.ErrSlowConsumer, nats.ErrPermissionViolation,
		errors.New(`no "such" thing`)} {
		if got := typed(other); got != other {
			t.Errorf("%v: got %#v, want it as it was", other, got)
		}
	}
}

// TestOptionalSubjects: the denial of a subject that only newer servers allow is not an
// error.
func TestOptionalSubjects(t *testing.T) {
	w := &Conn{handle: "bo"}
	for subject, want := range map[string]bool{
		hubapi.Health:                                                   true,
		hubapi.Ask(hubapi.VerbHealth, "bo"):                             true,
		subjects.All("a-1", subjects.Checkpoints):                       true,
		subjects.All("a-1", hubapi.Private(subjects.Checkpoints)):       true,
		hubapi.Relayed("bo", "a-1", subjects.Checkpoints, "k"):          true,
		hubapi.Ask(hubapi.VerbHealth, "ana"):                            false,
		subjects.Of("a-1", subjects.Log, "bo", "k"):                     false,
		subjects.Of(subjects.Checkpoints+"-1", subjects.Log, "bo", "k"): false,
		hubapi.Ask(hubapi.VerbGet, "bo", "a-1", subjects.Log):           false,
		hubapi.Ask(hubapi.VerbGet, "bo", "a-1", subjects.Checkpoints):   true,
	} {
		if got := w.isOptional(&complaint{subject: subject, err: nats.ErrPermissionViolation}); got != want {
			t.Errorf("a server that denies %s: got optional %v, want %v", subject, got, want)
		}
	}
	if w.isOptional(errors.New(hubapi.Health)) {
		t.Errorf("an error with the words %s: got optional, want a complaint", hubapi.Health)
	}
}
