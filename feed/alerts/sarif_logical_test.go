package alerts_test

import "testing"

// TestSarifLogicalLocations: a finding has the same key and location whether its logical location is
// written in the result or in the list of its run, before or after the results.
func TestSarifLogicalLocations(t *testing.T) {
	const list = `,"logicalLocations":[{"name":"f","parentIndex":1},{"name":"C","fullyQualifiedName":"n.C"},` +
		`{"name":"f","fullyQualifiedName":"n.D.f"},{"name":"self","parentIndex":3}]`
	one := func(rule, at string) string {
		return `{"ruleId":"` + rule + `","message":{"text":"x"},"locations":[{"logicalLocations":[` + at + `]}]}`
	}
	doc := func(driver, before, results, after string) string {
		return `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"` + driver + `"}}` + before + `,"results":[` +
			results + `]` + after + `}]}`
	}
	for _, driver := range []string{"NwScan", "gitleaks", "ggshield", "detect-secrets"} {
		for name, c := range map[string]struct{ inline, index, want string }{
			"a full name":             {`{"fullyQualifiedName":"n.D.f"}`, `{"index":2}`, "n.D.f"},
			"a name beside the index": {`{"fullyQualifiedName":"n.D.f"}`, `{"name":"f","index":2}`, "n.D.f"},
			"a name and its parent":   {`{"fullyQualifiedName":"n.C.f"}`, `{"index":0}`, "n.C.f"},
			"its own parent":          {`{"fullyQualifiedName":"self"}`, `{"index":3}`, "self"},
		} {
			inline := readBytes([]byte(doc(driver, "", one("R1", c.inline), "")))
			for place, other := range map[string]string{
				"before": doc(driver, list, one("R1", c.index), ""),
				"after":  doc(driver, "", one("R1", c.index), list),
			} {
				got := readBytes([]byte(other))
				if got.err != nil || inline.err != nil || len(got.alerts) != 1 || len(inline.alerts) != 1 {
					t.Errorf("%s, %s %s: got %v and %v, want a finding each", driver, name, place, got.err, inline.err)
					continue
				}
				a, b := got.alerts[0], inline.alerts[0]
				if a.Asset.ID != c.want || a.FindingKey != b.FindingKey {
					t.Errorf("%s, %s in the list %s the results: got %q, the same key: %v; want %q with the same key",
						driver, name, place, a.Asset.ID, a.FindingKey == b.FindingKey, c.want)
				}
			}
		}
		two := readBytes([]byte(doc(driver, "", one("R1", `{"fullyQualifiedName":"n.C.f"}`), "")))
		other := readBytes([]byte(doc(driver, list, one("R1", `{"index":2}`), "")))
		if len(two.alerts) != 1 || len(other.alerts) != 1 || two.alerts[0].FindingKey == other.alerts[0].FindingKey {
			t.Errorf("%s: findings in n.C.f and n.D.f: got one key, want two", driver)
		}
	}
}
