package jsonform

import (
	"time"

	"warroom/model"
)

// impactRow is a period of impact in status --json.
type impactRow struct {
	Asset   int        `json:"asset,omitempty"` // number of the asset; absent: not of one asset
	From    time.Time  `json:"started_at"`
	Until   *time.Time `json:"ended_at"`
	By      string     `json:"by"`
	Reason  string     `json:"reason"`
	EndedBy string     `json:"ended_by"`
	Ended   string     `json:"end_reason"`
}

func impactRows(r *model.Room) []impactRow {
	out := []impactRow{}
	for k := range r.Impacts {
		i := &r.Impacts[k]
		row := impactRow{From: i.From, Until: maybe(i.Until), By: i.By, Reason: i.Reason, EndedBy: i.EndedBy,
			Ended: i.EndReason}
		if a := r.ImpactAsset(i); a != nil {
			row.Asset = a.N
		}
		out = append(out, row)
	}
	return out
}

// hypothesisRow is one hypothesis in status --json.
type hypothesisRow struct {
	N      uint64    `json:"n"` // number of its entry
	Text   string    `json:"text"`
	State  string    `json:"state"` // open, supported, eliminated, retracted
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`

	Settler string `json:"settled_by"`
	Entry   uint64 `json:"entry"` // entry that set its state; if 0, none
}

func hypothesisRows(r *model.Room) []hypothesisRow {
	out := []hypothesisRow{}
	for _, h := range r.Hypotheses() {
		out = append(out,
			hypothesisRow{N: h.N, Text: h.Text.String(), State: h.State, Reason: h.Reason.String(), By: h.By, At: h.At,
				Settler: h.Settler, Entry: h.Entry})
	}
	return out
}

// assetRow is one asset in status --json.
type assetRow struct {
	N           int        `json:"n"`
	Type        string     `json:"type"`
	Name        string     `json:"name"`
	State       string     `json:"state"`
	Compromised *time.Time `json:"compromised_at"`
	Contained   *time.Time `json:"contained_at"`
	By          string     `json:"by"` // author of the state
	Reason      string     `json:"reason"`

	Steps []model.AssetStep `json:"steps"`
	Runs  []assetRun        `json:"runs"`
}

// assetRun is one period in which an asset was suspected or confirmed to be compromised.
type assetRun struct {
	Suspected   *time.Time `json:"suspected_at"`
	Compromised *time.Time `json:"compromised_at"`
	Contained   *time.Time `json:"contained_at"`
	Cleared     *time.Time `json:"cleared_at"`
}

func assetRows(r *model.Room) []assetRow {
	out := []assetRow{}
	for i := range r.Assets {
		a := r.Assets[i]
		var runs []assetRun
		for _, v := range a.Runs() {
			runs = append(runs, assetRun{Suspected: maybe(v.Suspected), Compromised: maybe(v.Compromised()),
				Contained: maybe(v.Contained), Cleared: maybe(v.Cleared)})
		}
		out = append(out,
			assetRow{N: a.N, Type: a.Type, Name: a.Name, State: a.State(), Compromised: maybe(a.CompromisedAt()),
				Contained: maybe(a.ContainedAt()), By: a.By(), Reason: a.Reason(), Steps: a.Steps, Runs: runs})
	}
	return out
}

// exceptedRow is an asset that an item excludes, in status --json.
type exceptedRow struct {
	Asset  int       `json:"asset"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

func exceptedRows(r *model.Room, it *model.Item) []exceptedRow {
	var out []exceptedRow
	for _, x := range r.Excepted(it) {
		if a := r.AssetOf(x); a != nil {
			out = append(out, exceptedRow{Asset: a.N, By: x.By, At: x.At, Reason: x.Reason})
		}
	}
	return out
}
