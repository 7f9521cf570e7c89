package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// TestUnconfirmedRoles: the report lists roles that nobody confirmed, with the powers that
// their holders did not have, both during and after.
func TestUnconfirmedRoles(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-1"})
	bo := &model.KeyAdmitted{Key: "key-bo", Handle: "bo", Right: model.Write, Origin: "invitation"}
	k.do("ana", model.Act{Body: bo})
	k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: "key-cy", Handle: "cy", Right: model.Write,
		Origin: "invitation"}})
	k.typeAs("bo", ":role ic @bo")
	k.typeAs("cy", ":confirm ic @bo")
	const sentence = "nobody with their powers confirmed them"
	const power = "deciding who may see, write and close the room"
	look := func(when string, unconfirmed bool, by string) {
		t.Helper()
		d := k.report()
		if len(d.Roles) != 1 {
			t.Fatalf("%s: got %d roles, want 1", when, len(d.Roles))
		}
		h := d.Roles[0]
		if h.Unconfirmed != unconfirmed || h.ConfirmedBy.String() != by {
			t.Errorf("%s: got unconfirmed %v, confirmed by %q; want %v, %q",
				when, h.Unconfirmed, h.ConfirmedBy, unconfirmed, by)
		}
		if got := strings.Contains(h.Withheld.String(), power); got != unconfirmed {
			t.Errorf("%s: withheld: got %q, want %q in it: %v", when, h.Withheld, power, unconfirmed)
		}
		raw, err := json.Marshal(h)
		if err != nil {
			t.Fatalf("%s: encode: got %v, want no error", when, err)
		}
		if got := strings.Contains(string(raw), `"unconfirmed":true`); got != unconfirmed {
			t.Errorf("%s: got JSON %s, want unconfirmed %v in it", when, raw, unconfirmed)
		}
		text := string(d.Markdown())
		if got := strings.Contains(text, sentence) && strings.Contains(text, power); got != unconfirmed {
			t.Errorf("%s: the Markdown names it: got %v, want %v", when, got, unconfirmed)
		}
		if got := strings.Contains(text, "bo together with cy, confirmed by ana"); got != (by != "") {
			t.Errorf("%s: the Markdown names who confirmed it: got %v, want %v", when, got, by != "")
		}
	}
	look("taken", true, "")
	k.wait(time.Minute)
	before := *k
	k.do("bo", model.Act{Body: &model.RoleRenounced{Role: "commander", Person: "bo"}})
	look("given back", true, "")
	*k = before
	k.mustType(":confirm commander")
	look("confirmed", false, "ana")
}
