package alerts

import (
	"bytes"
	"strings"
)

// foreignTexts are the outputs that are not JSON, and are refused by name.
var foreignTexts = []foreignForm{
	{what: "a JUnit report", text: []string{"<testsuite"}, way: "ask the tool for JSON or SARIF"},
	{what: "a Checkstyle report", text: []string{"<checkstyle"}, way: "ask the tool for JSON or SARIF"},
	{
		what: "bundler-audit's text",
		text: []string{"Name: ", "Version: ", "Solution: "},
		way:  "bundler-audit can write JSON, which is read: bundle-audit check --format json",
	},
	{
		what: "TruffleHog's text",
		text: []string{"Detector Type: ", "Raw result: "},
		way:  "TruffleHog can write JSON, which is read: trufflehog --json",
	},
	{
		what: "annotations of GitHub Actions",
		is:   isAnnotation,
		way:  "ask the tool for JSON or SARIF",
	},
	{
		what: "an HTML page",
		text: []string{"<html"},
		way:  "it is not the report of a tool; look at the server that answered",
	},
	{what: "an XML document", text: []string{"<?xml"}, way: "ask the tool for JSON or SARIF"},
	{what: "a CSV table", is: isTable, way: "ask the tool for JSON or SARIF"},
}

// foreignText finds a form that is not JSON by words at its beginning.
func foreignText(head []byte) *foreignForm {
	head = head[:min(len(head), 4<<10)]
	for i := range foreign {
		f := &foreign[i]
		if len(f.text) == 0 && f.is == nil {
			continue
		}
		all := f.is == nil || f.is(head)
		for _, t := range f.text {
			all = all && bytes.Contains(head, []byte(t))
		}
		if all {
			return f
		}
	}
	return nil
}

// isAnnotation reports whether a text begins with an annotation of GitHub Actions.
func isAnnotation(head []byte) bool {
	for _, word := range []string{"::error", "::warning", "::notice"} {
		if rest, ok := bytes.CutPrefix(head, []byte(word)); ok {
			return bytes.HasPrefix(rest, []byte(" ")) || bytes.HasPrefix(rest, []byte("::"))
		}
	}
	return false
}

// isTable reports whether a text begins with the names of four or more columns.
func isTable(head []byte) bool {
	line, _, ok := strings.Cut(strings.TrimRight(string(head), "\r"), "\n")
	for _, separator := range []string{",", ";", "\t", "|"} {
		columns := strings.Split(strings.Trim(line, "| \r"), separator)
		all := ok && len(columns) >= 4
		for _, c := range columns {
			c = strings.Trim(c, "\" ")
			all = all && c != "" && len(c) <= 40 && strings.Trim(strings.ToLower(c),
				"abcdefghijklmnopqrstuvwxyz0123456789_ .#()/-") == ""
		}
		if all {
			return true
		}
	}
	return false
}
