package model_test

import (
	"testing"

	"warroom/model"
)

// reviewed returns a resolved incident with bo as its scribe and cy without a role.
func reviewed(t *testing.T) *testRoom {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.admit("bo", model.Write)
	k.admit("cy", model.Write)
	k.mustType("ana", ":role scribe @bo", ":resolve override the key is dead")
	return k
}

func TestReviewIsWrittenBySection(t *testing.T) {
	k := reviewed(t)
	k.mustType("cy", ":review cause a key in a log", ":review CAUSE a key was printed by the build")
	if got := k.room.Review[model.ReviewCause]; got.Text != "a key was printed by the build" || got.By != "cy" ||
		got.Seq != k.room.Seq {
		t.Errorf("got %+v", got)
	}
	if got := k.room.Line(k.room.Seq).Text.String(); got != "cause, rewritten: a key was printed by the build" {
		t.Errorf("the line says %q", got)
	}
	k.refused("cy", ":review blame bo did it",
		`a review has no section "blame"; the sections are summary, cause, radius, detection`)
	k.refused("cy", ":review", "name the section: summary, cause, radius, detection")
	k.refused("cy", ":review radius", "the text is missing")
}

// TestReviewOfAnother: only a person who may amend the entries of others may replace
// what another person wrote, even in a closed room.
func TestReviewOfAnother(t *testing.T) {
	k := reviewed(t)
	k.admit("di", model.Write)
	k.mustType("cy", ":review radius the bucket")
	k.mustType("ana", ":close override a drill")
	if err := k.try("di", ":review radius nothing"); model.CodeOf(err) != model.Forbidden {
		t.Errorf("got %v", err)
	}
	k.mustType("di", ":review detection by a scanner")
	k.mustType("bo", ":review radius the bucket, 214 objects")
	if got := k.room.Review[model.ReviewRadius]; got.By != "bo" {
		t.Errorf("got %+v", got)
	}
}
