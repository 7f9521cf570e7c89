package model_test

import (
	"testing"
	"time"

	"warroom/model"
)

// TestNextContact: a page that nobody acknowledged in the plan's time goes to the next contact,
// each of them once, until somebody answers.
func TestNextContact(t *testing.T) {
	k := declaredWithHub(t)
	known := model.Contacts{List: []model.Contact{{Purpose: "security", Level: 2, Name: "Bo K."},
		{Purpose: "security", Level: 1, Name: "Ana K."}, {Purpose: "database", Level: 1, Name: "Di"},
		{Purpose: "security", Level: 3, Name: "Cy"}}}
	is := func(who string, after time.Duration) {
		t.Helper()
		list := k.room.NextContacts(known)
		if who == "" {
			if len(list) != 0 {
				t.Errorf("at %s: got %+v next, want nobody", k.now.Format("15:04"), list[0].Page)
			}
			return
		}
		if len(list) != 1 || list[0].Page.Who != who || !list[0].At.Equal(k.now.Add(after)) {
			t.Fatalf("at %s: got %+v, want %s after %s", k.now.Format("15:04"), list, who, after)
		}
	}
	is("", 0)
	k.mustType("ana", ":page security")
	is("Bo K.", 5*time.Minute)
	k.wait(5 * time.Minute)
	first := model.Act{Body: k.room.NextContacts(known)[0].Page}
	if l := k.do("ana", first); l.Refused.String() != "only the hub records that a page goes to the next contact" {
		t.Errorf("by a person: got refused %q, want that only the hub does", l.Refused)
	}
	if l := k.do("hub", first); l.Text.String() != "security: no answer; call Bo K. next" || !l.Refused.IsEmpty() {
		t.Errorf("got %q, refused %q; want that Bo K. is called next", l.Text, l.Refused)
	}
	if l := k.do("hub", first); l.Refused.String() != "the answer is already recorded" {
		t.Errorf("twice: got refused %q, want that it is already recorded", l.Refused)
	}
	is("Cy", 5*time.Minute)
	k.wait(time.Minute)
	is("Cy", 4*time.Minute)
	second := model.Act{Body: k.room.NextContacts(known)[0].Page}
	k.do("hub", second)
	if l := k.do("hub", first); l.Refused.String() != "the page for security already went to that contact" {
		t.Errorf("the one before again: got refused %q, want that it went there already", l.Refused)
	}
	is("", 0)
	k.mustType("ana", ":paged security acknowledged Cy")
	if l := k.do("hub", first); l.Refused.IsEmpty() {
		t.Errorf("after an answer: got no refusal, want one")
	}
	k.mustType("ana", ":paged security over", ":page security once more", ":page database",
		":paged database declined Di")
	is("Bo K.", 5*time.Minute)
	k.mustType("ana", ":resolve override it is over")
	is("", 0)
}

// TestNextContactIsTheServicesOwn: a page that a service delivers is left to its own policy;
// one that did not get out goes to the next contact.
func TestNextContactIsTheServicesOwn(t *testing.T) {
	known := model.Contacts{List: []model.Contact{{Purpose: "security", Level: 1, Name: "Ana K."},
		{Purpose: "security", Level: 2, Name: "Bo K."}}}
	for state, want := range map[model.DeliveryState]int{model.DeliverySent: 0, model.DeliveryFailed: 0,
		model.DeliveryGivenUp: 1, model.DeliveryCut: 1} {
		k := declaredWithHub(t)
		k.mustType("ana", ":page security")
		k.do("hub", model.Act{Body: &model.DeliveryRecorded{Duty: "page/security", Bridge: "pagerduty", State: state,
			Attempt: 1}})
		if got := len(k.room.NextContacts(known)); got != want {
			t.Errorf("delivery %s: got %d next contacts, want %d", state, got, want)
		}
	}
}
