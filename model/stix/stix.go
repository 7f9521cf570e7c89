// Package stix exports the indicators of a room for other tools: as a STIX 2.1 bundle and
// as CSV. Identifiers are derived from the room and the value, so that two exports have the
// same objects.
package stix

import (
	"crypto/sha1"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"warroom/model"
)

// timeForm is the time format of STIX: UTC, in milliseconds.
const timeForm = "2006-01-02T15:04:05.000Z"

// space is the namespace of identifiers: a version 5 UUID of this program's name.
var space = uuid5([16]byte{}, "warroom/stix/v1")

// Bundle is a STIX 2.1 bundle.
type Bundle struct {
	Type    string `json:"type"`
	ID      string `json:"id"`
	Objects []any  `json:"objects"`
}

type common struct {
	Type     string   `json:"type"`
	Spec     string   `json:"spec_version"`
	ID       string   `json:"id"`
	Created  string   `json:"created"`
	Modified string   `json:"modified"`
	Labels   []string `json:"labels,omitempty"`
}

type indicator struct {
	common
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Types       []string `json:"indicator_types"`
	Pattern     string   `json:"pattern"`
	PatternType string   `json:"pattern_type"`
	ValidFrom   string   `json:"valid_from"`
}

// note is a STIX note which records that an indicator was blocked: STIX has no field for
// it.
type note struct {
	common
	Abstract string   `json:"abstract"`
	Content  string   `json:"content"`
	Authors  []string `json:"authors"`
	Refs     []string `json:"object_refs"`
}

// Of returns the indicators of a room as a bundle. It omits those whose value was redacted.
func Of(r *model.Room) Bundle {
	b := Bundle{Type: "bundle", ID: "bundle--" + derived("bundle", r.ID, strconv.FormatUint(r.Seq, 10)),
		Objects: []any{}}
	for _, i := range r.Indicators {
		if i.Value == model.Blank {
			continue
		}
		id := "indicator--" + derived("indicator", r.ID, i.Key)
		modified := i.RecordedAt
		if i.Blocked != nil {
			modified = i.Blocked.RecordedAt
		}
		b.Objects = append(b.Objects, indicator{
			common: common{Type: "indicator", Spec: "2.1", ID: id, Created: timestamp(i.RecordedAt),
				Modified: timestamp(modified), Labels: nil},
			Name: i.Words().String(), Description: model.CleanLine(i.Reason).String(),
			Types:   []string{"malicious-activity"},
			Pattern: pattern(i), PatternType: "stix", ValidFrom: timestamp(i.Seen),
		})
		if i.Blocked != nil {
			at := timestamp(i.Blocked.RecordedAt)
			b.Objects = append(b.Objects, note{
				common: common{Type: "note", Spec: "2.1", ID: "note--" + derived("blocked", r.ID, i.Key), Created: at,
					Modified: at, Labels: []string{"blocked"}},
				Abstract: "blocked", Content: blockWords(i.Blocked), Authors: []string{i.Blocked.By},
				Refs: []string{id},
			})
		}
	}
	return b
}

func blockWords(b *model.Block) string {
	s := fmt.Sprintf("Blocked at %s by %s", timestamp(b.At), b.By)
	if b.Reason != "" {
		s += ": " + model.CleanLine(b.Reason).String()
	}
	return s
}

func timestamp(t time.Time) string { return t.UTC().Format(timeForm) }

// pattern returns the STIX pattern that matches an indicator.
func pattern(i *model.Indicator) string {
	object := map[string]string{model.IndicatorDomain: "domain-name:value", model.IndicatorURL: "url:value",
		model.IndicatorMail: "email-addr:value", model.IndicatorAccount: "user-account:account_login"}[i.Type]
	switch {
	case i.Type == model.IndicatorIP && strings.Contains(i.Value, ":"):
		object = "ipv6-addr:value"
	case i.Type == model.IndicatorIP:
		object = "ipv4-addr:value"
	case i.Type == model.IndicatorHash:
		object = "file:hashes.'" + model.HashNames[len(i.Value)] + "'"
	}
	return "[" + object + " = '" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(i.Value) + "']"
}

// derived returns a version 5 UUID derived from names.
func derived(names ...string) string { return format(uuid5(space, strings.Join(names, "\n"))) }

// uuid5 returns a version 5 UUID: RFC 9562, section 5.5.
func uuid5(space [16]byte, name string) (out [16]byte) {
	h := sha1.New()
	h.Write(space[:]) // a hash never returns an error
	h.Write([]byte(name))
	copy(out[:], h.Sum(nil))
	out[6] = out[6]&0x0f | 0x50
	out[8] = out[8]&0x3f | 0x80
	return out
}

func format(u [16]byte) string {
	s := hex.EncodeToString(u[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// WriteJSON writes the bundle of a room.
func WriteJSON(w io.Writer, r *model.Room) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(Of(r))
}

// WriteCSV writes the indicators of a room with their exact values. A cell that a
// spreadsheet would evaluate as a formula is prefixed with an apostrophe.
func WriteCSV(w io.Writer, r *model.Room) error {
	c := csv.NewWriter(w)
	rows := [][]string{{"n", "type", "value", "first_seen", "added_by", "recorded_at", "reason", "blocked_at",
		"blocked_by", "blocked_reason"}}
	for _, i := range r.Indicators {
		row := []string{strconv.Itoa(i.N), i.Type, i.Value, timestamp(i.Seen), i.By, timestamp(i.RecordedAt), i.Reason,
			"", "",
			""}
		if b := i.Blocked; b != nil {
			row[7], row[8], row[9] = timestamp(b.At), b.By, b.Reason
		}
		for k := range row {
			row[k] = cell(row[k])
		}
		rows = append(rows, row)
	}
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// cell returns text that a spreadsheet shows and does not evaluate.
func cell(s string) string {
	s = model.CleanLine(s).String()
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
