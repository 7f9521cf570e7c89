package playbook_test

import (
	"os"
	"path/filepath"
	"testing"

	"warroom/model/playbook"
)

// TestFind: a playbook is checked by its path, or by the name that other commands take.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	own := filepath.Join(dir, "my-plan.toml")
	if err := os.WriteFile(own, nil, 0o600); err != nil {
		t.Fatalf("write a playbook: %v", err)
	}
	for given, want := range map[string]string{"my-plan": own, "my-plan.toml": own, own: own,
		"./my-plan": "./my-plan", filepath.Join(dir, "other.toml"): filepath.Join(dir, "other.toml")} {
		if got, err := playbook.Find(dir, given); err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", given, got, err, want)
		}
	}
	for given, want := range map[string]string{
		"security": "security comes with the program and is no file of yours; `warroom playbook show security` " +
			"prints it",
		"my-paln": "there is no file my-paln, and no playbook of your own of that name; `warroom playbook list` " +
			"lists " +
			"them, and `warroom playbook new my-paln` writes one",
	} {
		if got, err := playbook.Find(dir, given); err == nil || err.Error() != want {
			t.Errorf("%s: got %q, %v; want %s", given, got, err, want)
		}
	}
}
