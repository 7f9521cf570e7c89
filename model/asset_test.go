package model_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
)

// scoped returns a room whose plan has an item that contains credentials, number 2,
// and an item that needs it, number 3.
func scoped(t testing.TB) *testRoom {
	t.Helper()
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatalf("load the plan: got %v, want none", err)
	}
	phase := p.Phases[0].ID
	p.Items = []model.ItemDef{{ID: "look", Phase: phase, Text: "Look at it"},
		{ID: "revoke", Phase: phase, Text: "Revoke the credentials", Contains: "credential"},
		{ID: "redeploy", Phase: phase, Text: "Redeploy", Needs: []string{"revoke"}}}
	k := &testRoom{t: t, room: model.NewRoom(), now: time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)}
	one, two := model.Declaration{Title: "A leaked key", Severity: "SEV-2", Plan: p, Salt: "salt"}.Declare("")
	k.do("ana", one)
	k.do("ana", two)
	k.admit("bo", model.Write)
	k.wait(time.Hour) // 15:00
	return k
}

func (k *testRoom) item(n int) *model.Item {
	k.t.Helper()
	it := k.room.ItemByN(n)
	if it == nil {
		k.t.Fatalf("item %d: got none, want one", n)
	}
	return it
}

func TestAssetsAreCounted(t *testing.T) {
	k := scoped(t)
	k.mustType("bo", ":asset credential AKIAIOSFODNN7EXAMPLE confirmed @14:05 seen in job 8841",
		":asset credential deploy key of CI suspected", ":asset host web3 suspected",
		":asset credential third suspected")
	k.mustType("ana", ":asset 1 contained @14:30 revoked", ":asset credential deploy key of CI confirmed it was used")
	a := k.room.AssetN(1)
	got := []string{a.State(), a.CompromisedAt().Format("15:04"), a.ContainedAt().Format("15:04"), a.By(), a.Reason()}
	if want := []string{"contained", "14:05", "14:30", "ana", "revoked"}; !slices.Equal(got, want) {
		t.Errorf("asset 1: got %q, want %q", got, want)
	}
	if got, want := k.room.ScopeLine().String(), "credentials 1 of 3 contained, host 0 of 1 contained"; got != want {
		t.Errorf("scope: got %q, want %q", got, want)
	}
	if got, want := k.room.Line(5).Text.String(), "2  credential deploy key of CI: suspected"; got != want {
		t.Errorf("line 5: got %q, want %q", got, want)
	}
	if got, want := k.room.Line(9).Text.String(),
		"2  credential deploy key of CI: confirmed, was suspected: it was used"; got != want {
		t.Errorf("line 9: got %q, want %q", got, want)
	}
}

func TestAssetsThatAreRefused(t *testing.T) {
	k := scoped(t)
	k.mustType("bo", ":asset credential AKIA1 confirmed @14:05")
	for line, want := range map[string]string{
		":asset": "name the type of the asset: service, credential, account, host, dataset, network",
		":asset key AKIA2 suspected": `there is no type of asset "key"; the types are service, credential, account, ` +
			"host, dataset, network",
		":asset credential": `name the credential: :asset credential NAME ` +
			`suspected|confirmed|contained|cleared [@TIME] [REASON]`,
		":asset credential AKIA2": `give the state of "AKIA2": :asset credential NAME ` +
			`suspected|confirmed|contained|cleared [@TIME] [REASON]`,
		":asset credential akia1 confirmed": `asset 1 (credential AKIA1) is already confirmed, by bo`,
		":asset host web3 contained": "host web3 has not been recorded yet, so it cannot be contained: first record " +
			"since when it has been compromised, with :asset host web3 suspected @TIME",
		":asset 1 contained @14:01": `asset 1 (credential AKIA1) was compromised from 2026-11-21 14:05:00 ` +
			`UTC on, so it cannot have been contained at 2026-11-21 14:01:00 UTC; correct an earlier compromise ` +
			`with :time 4 @TIME REASON`,
		":asset 2 contained": `there is no asset 2; this room has only asset 1`,
		":asset 1 gone": `"gone" is not a state of an asset; the states are suspected, ` +
			`confirmed, contained, cleared`,
		":asset host a confirmed @23:00": `23:00 was read as 2026-11-21 23:00:00 ` +
			`UTC, which is in the future; for the day before write @yesterday 23:00`,
	} {
		k.refused("bo", line, want)
	}
	b := &model.AssetAdded{Type: "credential", Name: "akia1", Key: k.room.AssetN(1).Key, State: "suspected"}
	if l := k.do("ana", model.Act{Body: b}); l.Refused.String() != "credential AKIA1 is already asset 1, added by "+
		"bo; to set its state: :asset 1 suspected REASON" {
		t.Errorf("two people add the same asset: got %q, want a refusal of the second", l.Refused)
	}
	b = &model.AssetAdded{Type: "host", Name: "web3", Key: strings.Repeat("a", 20), State: "suspected"}
	if l := k.do("ana", model.Act{Body: b}); l.Refused.IsEmpty() {
		t.Errorf("a foreign fingerprint: got no refusal, want one")
	}
	if got := len(k.room.Assets); got != 1 {
		t.Errorf("assets: got %d, want 1", got)
	}
}

// TestItemsContain: an item is done once each asset of its type is contained or
// excepted, and reopens when another asset is added.
func TestItemsContain(t *testing.T) {
	k := scoped(t)
	k.mustType("bo", ":asset credential one suspected", ":asset credential two confirmed",
		":asset credential three confirmed", ":asset host web3 confirmed")
	k.mustType("bo", ":asset 1 contained")
	k.refused("bo", ":check 2", "item 2 has 1 of 3 contained; not contained: asset 2 (two), asset 3 (three); :asset "+
		"2 contained, or :except 2 2 REASON")
	k.refused("bo", ":except 2 2", "give a reason: :except 2 2 REASON")
	k.refused("bo", ":except 2 4 it is off", "item 2 is about assets of type credential, and asset 4 is of type host")
	k.refused("bo", ":except 1 2 it is off", "item 1 is not about containing assets, so it has none to leave out")
	k.refused("bo", ":except 2 1 it is off", "asset 1 (credential one) is already contained, so item 2 counts it")
	k.refused("bo", ":except 2 9 it is off", "there is no asset 9; this room has 1 to 4")
	k.mustType("bo", ":except 2 3 the vendor rotates it on Monday")
	k.refused("bo", ":except 2 3 once more",
		"item 2 already leaves out asset 3, by bo: the vendor rotates it on Monday")
	if got, want := k.room.Containment(k.item(2)).Words().String(), "1 of 3 contained, 1 excepted"; got != want {
		t.Errorf("containment: got %q, want %q", got, want)
	}
	if got := k.item(2).State; got != model.ItemTodo {
		t.Errorf("item 2 with one left: got %s, want todo", got)
	}
	k.mustType("ana", ":asset 2 cleared it was never used")
	if it := k.item(2); it.State != model.ItemDone || it.By != "ana" {
		t.Errorf("item 2 with none left: got %s by %q, want done by ana", it.State, it.By)
	}
	is := func(what, want string) {
		t.Helper()
		if got := k.room.Line(k.room.Seq).Text.String(); got != want {
			t.Errorf("%s: got the line %q, want %q", what, got, want)
		}
	}
	is("all contained", "2  credential two: cleared, was confirmed: it was never used; item 2 is done: 1 of 2 "+
		"contained, 1 cleared, 1 excepted")
	k.mustType("bo", ":check 3")
	h := model.HintOf(":asset credential four suspected", k.ctx("bo"))
	want := "item 2 is open again: 1 of 3 contained, 1 cleared, 1 excepted; to be done again after item 2: 3"
	if got := h.Impact.String(); got != want {
		t.Errorf("preview: got %q, want %q", got, want)
	}
	k.mustType("bo", ":asset credential four suspected")
	is("another one", "5  credential four: suspected; "+want)
	if it := k.item(2); it.State != model.ItemTodo || it.Reason != "not every credential is contained" {
		t.Errorf("item 2 after another: got %s %q, want todo", it.State, it.Reason)
	}
	if got, want := k.room.StaleWhy(k.item(3)).String(), "done before item 2 was reopened"; got != want {
		t.Errorf("item 3: got %q, want %q", got, want)
	}
	k.mustType("ana", ":check 2 override the board decided", ":asset credential five suspected")
	if it := k.item(2); it.State != model.ItemDone {
		t.Errorf("an override: got %s, want done", it.State)
	}
}

// TestAssetNamesAreRedacted: events have the same effect without their free text,
// and the same name is still counted once.
func TestAssetNamesAreRedacted(t *testing.T) {
	k := scoped(t)
	k.mustType("bo", ":asset credential one suspected in the log", ":asset 1 contained revoked")
	key := k.room.AssetN(1).Key
	k.do("ana", model.Act{Body: &model.AssetAdded{Type: "credential", Name: "one", Key: key, State: "suspected"}})
	r := model.NewRoom()
	for _, e := range k.log {
		raw, err := e.Encode()
		if err != nil {
			t.Fatalf("encode: got %v, want none", err)
		}
		if e.Kind.Redactable() {
			if raw, err = model.WithoutText(raw); err != nil {
				t.Fatalf("%s without text: got %v, want none", e.Kind, err)
			}
		}
		got, err := model.DecodeEvent(raw)
		if err != nil {
			t.Fatalf("decode: got %v, want none", err)
		}
		got.Seq, got.RecordedAt = e.Seq, e.RecordedAt
		r = model.Apply(r, got)
	}
	if len(r.Assets) != 1 || r.Assets[0].Name != model.Blank || r.Assets[0].State() != "contained" ||
		r.Rejected != k.room.Rejected {
		t.Errorf("got %+v, void %d; want one contained asset without a name, void %d", r.Assets, r.Rejected,
			k.room.Rejected)
	}
}

// TestAssetTimesAreCorrected: :time corrects when an asset was compromised.
func TestAssetTimesAreCorrected(t *testing.T) {
	k := scoped(t)
	k.mustType("bo", ":asset credential one confirmed", ":time 4 @14:01 the log shows it")
	if got, want := k.room.AssetN(1).CompromisedAt().Format("15:04"), "14:01"; got != want {
		t.Errorf("compromised at: got %s, want %s", got, want)
	}
}

// TestAssetsInThePlan: the key of the plan is written to the log, and a plan without
// it has the same bytes as before.
func TestAssetsInThePlan(t *testing.T) {
	k := scoped(t)
	raw, err := json.Marshal(k.room.Plan.Items[0])
	if err != nil || strings.Contains(string(raw), "contains") {
		t.Errorf("got %s, %v; want no word of contains", raw, err)
	}
	if got := k.room.Plan.Item("revoke").Contains; got != "credential" {
		t.Errorf("contains: got %q, want credential", got)
	}
}
