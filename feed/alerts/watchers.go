package alerts

import (
	"slices"
	"strings"

	"warroom/model"
)

// readAlertmanager reads one alert of Alertmanager's webhook, version 4. Single alerts may
// be resolved while their group still fires.
func readAlertmanager(w *work, v val) error {
	labels, notes, top := v.get("labels"), v.get("annotations"), w.up(2)
	var about []string
	for l := range labels.all() {
		if k := l.key(); k != "alertname" && k != "severity" && len(about) < 12 {
			about = append(about, w.label(k, l.str()))
		}
	}
	r := &raw{Alert: model.Alert{Source: "alertmanager", Kind: "detection", Rule: labels.get("alertname").str(),
		Title:       notes.first("summary", "title", "message"),
		Description: notes.first("description", "message"), SeverityRaw: labels.get("severity").str(),
		FirstSeen: v.get("startsAt").when(),
		LastSeen:  v.get("endsAt").when(), Asset: model.AlertAsset{Type: "labels", ID: strings.Join(about, " ")},
		Link: v.get("generatorURL").str()}}
	if state := v.get("status", "state").str(); state != "" { // of Alertmanager's API
		r.state(state)
		if state == "suppressed" {
			r.LeftOut = model.LeftSuppressed // silenced or inhibited
		}
	}
	if state := v.get("status").str(); state != "" {
		r.state(state, "resolved")
	}
	r.former = []string{v.get("fingerprint").str(), v.get("startsAt").str()}
	if r.former[0] == "" {
		r.former = []string{r.Rule, r.Asset.ID, r.former[1]}
	}
	all := []string{} // its labels identify an alert; one that fires again is the same
	for l := range labels.all() {
		all = append(all, l.key()+"="+l.str())
	}
	slices.Sort(all)
	r.what, r.where, r.position = all, []string{}, []string{v.get("fingerprint").str()}
	group := top.get("groupKey").str()
	if group == "" {
		group = r.Rule
	}
	// Its groups may join alerts that have nothing in common.
	r.group = []string{"alertmanager", group, r.Rule}
	if r.sender = toolName(w.Source); r.sender == "alertmanager" { // two installations may use the same labels
		r.sender = ""
	}
	if r.sender != "" {
		r.group = append(r.group, r.sender)
	}
	return w.alert(r)
}

// identifying are the labels whose values are names, and are shown as they are.
var identifying = []string{"instance", "job", "pod", "namespace", "node", "container", "cluster", "service", "host",
	"hostname", "device", "region", "zone", "deployment", "statefulset", "daemonset"}

// label returns a label with its value, which passes the guard for secrets if it need not
// be a name.
func (w *work) label(name, value string) string {
	if slices.Contains(identifying, name) {
		return name + "=" + value
	}
	value = head(value, maxPath)
	if hidden := w.hide(value, nil); hidden != value {
		return name + "=" + hidden
	}
	return w.hide(name+"="+value, nil)
}

// readFalco reads an event of Falco. Events have no id and may be numerous.
func readFalco(w *work, v val) error {
	f := v.get("output_fields")
	r := &raw{Alert: model.Alert{Source: "falco", Kind: "threat", Rule: v.get("rule").str(), Title: v.get("rule").str(),
		Description: v.get("output").str(),
		SeverityRaw: v.get("priority").str(), FirstSeen: v.get("time").when(),
		Asset: model.AlertAsset{Type: "host", ID: v.get("hostname").str()}}}
	for _, k := range []string{"k8s.pod.name", "container.name", "container.id"} {
		if id := f.get(k).str(); id != "" && id != "host" && id != "<NA>" {
			r.Asset = model.AlertAsset{Type: "container", ID: id}
			break
		}
	}
	r.LastSeen = r.FirstSeen
	r.former = []string{r.Rule, v.get("hostname").str(), f.get("proc.name").str(), f.get("proc.cmdline").str(),
		f.get("container.id").str(), v.get("time").str()}
	r.what, r.where = r.former, []string{} // it has no id, so each event is another one
	r.group = []string{"falco", r.Rule}
	return w.alert(r)
}
