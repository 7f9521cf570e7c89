package alerts_test

import (
	"strings"
	"testing"

	"warroom/model"
)

// sarifKind returns SARIF with a tool that has a rule R1, a rule R2 with a guid, and an
// extension with a rule X1. MORE is appended to the run.
func sarifKind(results, more string) string {
	return `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Acme","globalMessageStrings":{"all":{"text":` +
		`"Everywhere {0}"}},"rules":[{"id":"R1","shortDescription":{"text":"Rule one"},"messageStrings":{"m":{"text":` +
		`"Bad {0} in {1}"}}},{"id":"R2","guid":"11111111-1111-1111-1111-111111111111",` +
		`"shortDescription":{"text":"Rule two"}}]},"extensions":[{"name":"ext",` +
		`"guid":"22222222-2222-2222-2222-222222222222","rules":[{"id":"X1","shortDescription":{"text":"Ext rule"},` +
		`"messageStrings":{"m":{"text":"Ext {0}"}},"defaultConfiguration":{"level":"error"}}]}]}` + results + more +
		`}]}`
}

// atFile is a location in a file.
const atFile = `"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.c"},"region":{"startLine":3}}}]`

// TestSarifReferences: rules, messages and locations are found wherever a result refers to.
func TestSarifReferences(t *testing.T) {
	for name, c := range map[string]struct {
		result, more string
		want         caseFile
	}{
		"rule of an extension by index": {
			result: `{"rule":{"index":0,"toolComponent":{"index":0}},"message":{"id":"m","arguments":["foo"]},` +
				atFile + `}`,
			want: caseFile{findings: 1, holds: []string{"X1", "Ext rule", "Ext foo"}, first: wantSeverity("high")},
		},
		"rule of an extension by the guid of the component": {
			result: `{"rule":{"id":"X1","toolComponent":{"guid":"22222222-2222-2222-2222-222222222222"}},` +
				`"message":{"id":"m","arguments":["foo"]},` + atFile + `}`,
			want: caseFile{findings: 1, holds: []string{"X1", "Ext foo"}, first: wantSeverity("high")},
		},
		"rule by its guid": {
			result: `{"rule":{"guid":"11111111-1111-1111-1111-111111111111"},"message":{"text":"x"},` + atFile + `}`,
			want:   caseFile{findings: 1, holds: []string{"R2", "Rule two"}},
		},
		"arguments of a text": {
			result: `{"ruleId":"R1","message":{"text":"Bad {0} here","arguments":["thing"]},` + atFile + `}`,
			want:   caseFile{findings: 1, holds: []string{"Bad thing here"}},
		},
		"braces of a text without arguments": {
			result: `{"ruleId":"R1","message":{"text":"a {0} {{b}}"},` + atFile + `}`,
			want:   caseFile{findings: 1, holds: []string{"a {0} {{b}}"}},
		},
		"message of a rule with a sub-id": {
			result: `{"ruleId":"R1/sub","message":{"id":"m","arguments":["x","y"]},` + atFile + `}`,
			want:   caseFile{findings: 1, holds: []string{"R1/sub", "Bad x in y"}},
		},
		"message of a rule by index": {
			result: `{"ruleId":"R1/sub","ruleIndex":0,"message":{"id":"m","arguments":["x","y"]},` + atFile + `}`,
			want:   caseFile{findings: 1, holds: []string{"Bad x in y"}},
		},
		"message of the whole tool": {
			result: `{"ruleId":"R2","message":{"id":"all","arguments":["x"]},` + atFile + `}`,
			want:   caseFile{findings: 1, holds: []string{"Everywhere x"}},
		},
		"logical locations by index": {
			result: `{"ruleId":"R1","message":{"text":"x"},"locations":[{"logicalLocations":[{"index":0}]}]},` +
				`{"ruleId":"R1","message":{"text":"x"},"locations":[{"logicalLocations":[{"index":1}]}]}`,
			more: `,"logicalLocations":[{"name":"f","fullyQualifiedName":"n::f"},{"name":"g"}]`,
			want: caseFile{findings: 2, holds: []string{"n::f"}},
		},
		"a file by index": {
			result: `{"ruleId":"R1","message":{"text":"x"},"locations":[{"physicalLocation":{"artifactLocation":` +
				`{"index":1}}}]}`,
			more: `,"artifacts":[{"location":{"uri":"one.c"}},{"location":{"uri":"two.c"}}]`,
			want: caseFile{findings: 1, holds: []string{"two.c"}, lacks: []string{"one.c"}},
		},
		"no file, by the default of the index": {
			result: `{"ruleId":"R1","message":{"text":"x"},"locations":[{"physicalLocation":{"artifactLocation":` +
				`{"index":-1}},"logicalLocations":[{"index":0}]}]}`,
			more: `,"artifacts":[{"location":{"uri":"one.c"}}],"logicalLocations":[{"name":"f"}]`,
			want: caseFile{findings: 1, holds: []string{"f"}, lacks: []string{"one.c"}},
		},
		"no rule, by the default of the index": {
			result: `{"ruleIndex":-1,"rule":{"index":-1},"message":{"id":"m"},` + atFile + `}`,
			want:   caseFile{findings: 1, lacks: []string{"R1", "Rule one", "Bad"}},
		},
		"no overridden rule, by the default of the index": {
			result: `{"ruleId":"R1","message":{"text":"x"},"level":"","ruleIndex":0,` + atFile + `}`,
			more: `,"invocations":[{"executionSuccessful":true,"ruleConfigurationOverrides":[{"descriptor":` +
				`{"index":-1},"configuration":{"level":"error"}}]}]`,
			want: caseFile{findings: 1, first: wantSeverity("medium")},
		},
		"the target of the analysis": {
			result: `{"ruleId":"R1","message":{"text":"x"},"analysisTarget":{"uri":"bin/a.dll"}}`,
			want:   caseFile{findings: 1, holds: []string{"bin/a.dll"}},
		},
		"occurrences and a link": {
			result: `{"ruleId":"R1","message":{"text":"x"},"occurrenceCount":7,` +
				`"hostedViewerUri":"https://scan.example/1",` + atFile + `}`,
			want: caseFile{findings: 1, holds: []string{"https://scan.example/1"}, first: func(a model.Alert) string {
				if a.Count != 7 {
					return "a count that is not 7"
				}
				return ""
			}},
		},
	} {
		c.want.compare(t, name, readBytes([]byte(sarifKind(`,"results":[`+c.result+`]`, c.more))))
		if c.more != "" {
			before := sarifKind(c.more, `,"results":[`+c.result+`]`)
			c.want.compare(t, name+", before the results", readBytes([]byte(before)))
		}
	}
}

// TestSarifIndexesThatNothingResolves: results whose location has an index that cannot be resolved any
// more are not kept in memory until the end of their run, which would exceed the limit of a record.
func TestSarifIndexesThatNothingResolves(t *testing.T) {
	message := strings.Repeat("x", 4<<10)
	for name, c := range map[string]struct{ lists, at string }{
		"default of a logical location": {at: `"logicalLocations":[{"index":-1}]`},
		"default of a file":             {at: `"physicalLocation":{"artifactLocation":{"index":-1}}`},
		"a logical location beyond the list": {
			lists: `,"logicalLocations":[{"name":"f"}]`, at: `"logicalLocations":[{"index":7}]`},
		"a logical location without a name": {
			lists: `,"logicalLocations":[{"kind":"function"}]`, at: `"logicalLocations":[{"index":0}]`},
		"a file beyond the list": {
			lists: `,"artifacts":[{"location":{"uri":"a.c"}}]`,
			at:    `"physicalLocation":{"artifactLocation":{"index":7}}`},
	} {
		one := `{"ruleId":"R1","message":{"text":"` + message + `"},"locations":[{` + c.at + `}]}`
		results := `,"results":[` + strings.Repeat(one+",", 3500) + one + `]`
		if got := readBytes([]byte(sarifKind(c.lists, results))); got.err != nil || got.Findings == 0 {
			t.Errorf("%s: got %d findings, %v; want them read", name, got.Findings, got.err)
		}
	}
}

// TestSarifResultsElsewhere: results that are not in the file are never "no findings".
func TestSarifResultsElsewhere(t *testing.T) {
	const one, refs = `{"ruleId":"R1","message":{"text":"x"},` + atFile + `}`,
		`,"externalPropertyFileReferences":{"results":[{"location":{"uri":"r.sarif-external-properties"}}]}`
	inline := `{"inlineExternalProperties":[{"results":[` + one + `]}],` + sarifKind(refs, "")[1:]
	for name, c := range map[string]struct{ doc, refused, note string }{
		"in a part without a reference": {
			doc:     strings.Replace(inline, refs, `,"results":[]`, 1),
			refused: "the results are in other files",
		},
		"in another file":      {doc: sarifKind(refs, ""), refused: "the results are in other files"},
		"in another part":      {doc: inline, refused: "the results are in other files"},
		"some in another file": {doc: sarifKind(`,"results":[`+one+`]`, refs), note: "results are in other files"},
		"the other file itself": {
			doc: `{"$schema":"x/sarif-external-property-file-schema-2.1.0.json","version":"2.1.0","results":[` +
				one + `]}`,
			refused: "SARIF's external properties",
		},
		"no member": {doc: sarifKind("", ""), note: "has no results"},
		"null beside a run with results": {
			doc: `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"a"}},"results":[` + one +
				`]},{"results":null}]}`,
			note: "results of a run are null",
		},
	} {
		got := readBytes([]byte(c.doc))
		var notes []string
		for _, n := range got.Notes {
			notes = append(notes, n.String())
		}
		switch {
		case c.refused != "" && (got.err == nil || !strings.Contains(got.err.Error(), c.refused)):
			t.Errorf("%s: got %d findings and %v, want a refusal with %q", name, got.Findings, got.err, c.refused)
		case c.refused == "" && (got.err != nil || !strings.Contains(strings.Join(notes, "\n"), c.note)):
			t.Errorf("%s: got notes %q and %v, want a note with %q", name, notes, got.err, c.note)
		}
	}
}
