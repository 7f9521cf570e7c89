package model_test

import (
	"encoding/json"
	"testing"

	"warroom/model"
)

// TestRulesOfARoom: a new room and a new lobby state the newest rules, and a log
// without a version uses version 0.
func TestRulesOfARoom(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	if got := k.room.Rules; got != model.RulesVersion {
		t.Errorf("a new room: got rules %d, want %d", got, model.RulesVersion)
	}
	plan := k.room.Plan
	_, adopted := model.OpenLobby("", "", plan)
	if got := adopted.Body.(*model.PlanAdopted).Rules; got != model.RulesVersion {
		t.Errorf("a new lobby: got rules %d, want %d", got, model.RulesVersion)
	}
	for body, want := range map[string]int{`{"rules":1}`: 1, `{}`: 0} {
		older := *k.log[1]
		var b map[string]any
		if err := json.Unmarshal(older.Body, &b); err != nil {
			t.Fatalf("decode JSON: %v", err)
		}
		delete(b, "rules")
		if err := json.Unmarshal([]byte(body), &b); err != nil {
			t.Fatalf("decode JSON: %v", err)
		}
		b["plan"] = json.RawMessage(mustPlan(t, older.Body))
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatalf("encode JSON: %v", err)
		}
		older.Body = raw
		if got := model.Replay(model.NewRoom(), k.log[0], &older); got.Rules != want || got.Plan == nil {
			t.Errorf("%s: got rules %d, plan %v; want %d and a plan", body, got.Rules, got.Plan != nil, want)
		}
	}
}

// mustPlan returns the bytes of the plan in the body of a plan.adopted.
func mustPlan(t *testing.T, body json.RawMessage) json.RawMessage {
	t.Helper()
	var b model.PlanAdopted
	if err := json.Unmarshal(body, &b); err != nil {
		t.Fatalf("decode JSON: %v", err)
	}
	return b.Plan
}
