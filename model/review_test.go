package model_test

import (
	"testing"

	"warroom/model"
)

// reviewed is a resolved incident with bo as its scribe and cy without a role.
func reviewed(t *testing.T) *desk {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.admit("bo", model.Write)
	k.admit("cy", model.Write)
	k.say("ana", ":role scribe @bo", ":resolve the key is dead")
	return k
}

func TestReviewIsWrittenPartByPart(t *testing.T) {
	k := reviewed(t)
	k.say("cy", ":review cause a key in a log", ":review CAUSE a key was printed by the build")
	if got := k.room.Review[model.ReviewCause]; got.Text != "a key was printed by the build" || got.By != "cy" || got.Seq != k.room.Seq {
		t.Errorf("got %+v", got)
	}
	if got := k.room.Line(k.room.Seq).Text.String(); got != "cause, anew: a key was printed by the build" {
		t.Errorf("the line says %q", got)
	}
	k.refused("cy", ":review blame bo did it", `a review has no part "blame"; it has: summary, cause, radius, detection`)
	k.refused("cy", ":review", "a review has no part nothing; it has: summary, cause, radius, detection")
	k.refused("cy", ":review radius", "the text is missing")
}

// TestReviewOfAnother: over what another wrote goes only who amends others'
// entries, also in a closed room.
func TestReviewOfAnother(t *testing.T) {
	k := reviewed(t)
	k.admit("di", model.Write)
	k.say("cy", ":review radius the bucket")
	k.say("ana", ":close override a drill")
	if err := k.try("di", ":review radius nothing"); model.CodeOf(err) != model.Forbidden {
		t.Errorf("got %v", err)
	}
	k.say("di", ":review detection by a scanner")
	k.say("bo", ":review radius the bucket, 214 objects")
	if got := k.room.Review[model.ReviewRadius]; got.By != "bo" {
		t.Errorf("got %+v", got)
	}
}
