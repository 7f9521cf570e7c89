package pagerduty_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// fake is a fake of PagerDuty: it stores incidents and what was done to them, and
// misbehaves on request.
type fake struct {
	t     testing.TB
	api   *httptest.Server
	check *schema

	mu        sync.Mutex
	token     string
	routing   string
	incidents []*incident
	// method and path of every accepted request
	calls []string
	bad   func(w http.ResponseWriter, r *http.Request, n int) bool // answers instead of the fake; n counts from 1
	after func(w http.ResponseWriter, r *http.Request) bool        // the same, after the request was executed
	asked int
	begin string // status of new incidents; if "", triggered
}

type incident struct {
	id, key, title, status, ack, assignee string
	updates, notes, log                   []string
	responders                            []m
	service                               string
	triggers                              int
	levels                                []int // escalation levels that were set
}

const (
	goodToken   = "u+token-one"
	goodRouting = "0123456789abcdef0123456789abcdef"
)

func newFake(t testing.TB) *fake {
	f := &fake{t: t, token: goodToken, routing: goodRouting, check: theSchema(t)}
	f.api = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.api.Close)
	return f
}

func (f *fake) with(fn func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fn()
}

// serve answers one request, and checks request and answer with the schema.
func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	f.mu.Lock()
	f.asked++
	bad, after, n := f.bad, f.after, f.asked
	f.mu.Unlock()
	if bad != nil && bad(w, r, n) {
		return
	}
	rec := httptest.NewRecorder()
	f.answer(rec, r, body)
	f.check.exchange(f.t, r, body, rec)
	if after != nil && after(w, r) {
		return
	}
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

func reply(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, code int, text string) {
	reply(w, code, map[string]any{"error": map[string]any{"message": text, "code": 2001, "errors": []string{}}})
}

type m = map[string]any

func refTo(id, kind, name string) m {
	return m{"id": id, "type": kind, "summary": name, "self": "https://api.pagerduty.com/x/" + id, "html_url": nil}
}

func (f *fake) answer(w http.ResponseWriter, r *http.Request, body []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := r.URL.Path
	if path == "/v2/enqueue" {
		f.event(w, body)
		return
	}
	if r.Header.Get("Authorization") != "Token token="+f.token {
		refuse(w, http.StatusUnauthorized, "Unauthorized")
		return
	}
	f.calls = append(f.calls, r.Method+" "+path)
	segments := strings.Split(strings.Trim(path, "/"), "/")
	if len(segments) == 3 && segments[0] == "incidents" {
		f.serveIncident(w, r, segments[1], segments[2], body)
		return
	}
	switch r.Method + " " + segments[0] {
	case "GET abilities":
		reply(w, 200, m{"abilities": []string{"teams", "urgencies"}})
	case "GET users":
		f.users(w, segments)
	case "GET services":
		reply(w, 200,
			m{"service": m{"id": segments[1], "type": "service", "summary": "Security", "self": nil, "html_url": nil,
				"escalation_policy": refTo("PPOLICY", "escalation_policy_reference", "Security")}})
	case "GET oncalls":
		who := func(level int, id, name string) m {
			return m{"user": refTo(id, "user_reference", name),
				"schedule":          refTo("PSCHED", "schedule_reference", "Rotation"),
				"escalation_policy": refTo("PPOLICY", "escalation_policy_reference", "Security"),
				"escalation_level":  level, "start": "2026-01-01T00:00:00Z", "end": "2126-01-01T00:00:00Z"}
		}
		reply(w, 200,
			m{"oncalls": []m{who(2, "PBO", "Bo Demir"), who(1, "PANA", "Ana K.")}, "limit": 100, "offset": 0,
				"more": false, "total": nil})
	case "GET incidents":
		out := []m{}
		for _, i := range f.incidents {
			if i.key == r.URL.Query().Get("incident_key") {
				out = append(out, i.json())
			}
		}
		reply(w, 200, m{"incidents": out, "limit": 25, "offset": 0, "more": false, "total": nil})
	case "POST incidents":
		f.create(w, body)
	case "PUT incidents":
		var in struct {
			Incidents []struct {
				ID, Status string
				Level      int `json:"escalation_level"`
			}
		}
		_ = json.Unmarshal(body, &in)
		out := []m{}
		for _, x := range in.Incidents {
			if i := f.byID(x.ID); i != nil {
				if x.Level > 0 {
					i.levels, i.assignee = append(i.levels, x.Level), "Bo Demir"
				} else {
					i.status = x.Status
				}
				out = append(out, i.json())
			}
		}
		reply(w, 200, m{"incidents": out})
	default:
		refuse(w, http.StatusNotFound, "Not Found")
	}
}

func (f *fake) users(w http.ResponseWriter, segments []string) {
	me := m{"id": "PME", "type": "user", "summary": "War Room", "self": nil, "html_url": nil, "name": "War Room",
		"email": "warroom@example.org"}
	switch {
	case len(segments) == 3:
		reply(w, 200,
			m{"contact_methods": []m{{"id": "PC" + segments[1], "type": "phone_contact_method", "summary": "Mobile",
				"self": nil, "html_url": nil, "label": "Mobile", "address": "5550100", "country_code": 90}}})
	case len(segments) == 1:
		reply(w, 200, m{"users": []m{me}, "limit": 25, "offset": 0, "more": false, "total": nil})
	case segments[1] == "me":
		reply(w, 200, m{"user": me})
	default:
		name := map[string]string{"PANA": "Ana K.", "PBO": "Bo Demir", "PCY": "Cy"}[segments[1]]
		reply(w, 200,
			m{"user": m{"id": segments[1], "type": "user", "summary": name, "self": nil, "html_url": nil, "name": name,
				"email": strings.ToLower(segments[1]) + "@example.org"}})
	}
}

func (f *fake) event(w http.ResponseWriter, body []byte) {
	var e struct {
		Key    string                             `json:"routing_key"`
		Action string                             `json:"event_action"`
		Dedup  string                             `json:"dedup_key"`
		P      struct{ Summary, Severity string } `json:"payload"`
	}
	_ = json.Unmarshal(body, &e)
	if e.Key != f.routing {
		reply(w, 400,
			m{"status": "invalid event", "message": "Event object is invalid",
				"errors": []string{"Invalid routing key"}})
		return
	}
	f.calls = append(f.calls, e.Action+" "+e.Dedup)
	i := f.byKey(e.Dedup)
	switch e.Action {
	case "trigger":
		if i == nil {
			i = f.add(e.Dedup, e.P.Summary, "PSERVICE")
		}
		i.triggers++
	case "resolve":
		if i != nil {
			i.status = "resolved"
		}
	}
	reply(w, 202, m{"status": "success", "message": "Event processed", "dedup_key": e.Dedup})
}

func (f *fake) create(w http.ResponseWriter, body []byte) {
	var in struct {
		Incident struct {
			Title   string
			Key     string `json:"incident_key"`
			Service struct{ ID string }
		}
	}
	_ = json.Unmarshal(body, &in)
	if f.byKey(in.Incident.Key) != nil {
		refuse(w, 400, "Open incident with matching dedup key already exists on this service")
		return
	}
	i := f.add(in.Incident.Key, in.Incident.Title, in.Incident.Service.ID)
	i.triggers++
	reply(w, 201, m{"incident": i.json()})
}

func (f *fake) serveIncident(w http.ResponseWriter, r *http.Request, id, what string, body []byte) {
	i := f.byID(id)
	if i == nil {
		refuse(w, 404, "Not Found")
		return
	}
	var in struct {
		Message string
		Note    struct{ Content string }
	}
	_ = json.Unmarshal(body, &in)
	const at = "2026-11-27T21:00:00Z"
	switch r.Method + " " + what {
	case "POST status_updates":
		i.updates = append(i.updates, in.Message)
		i.log = append(i.log, in.Message)
		reply(w, 200,
			m{"status_update": m{"id": fmt.Sprint("PU", len(i.updates)), "message": in.Message, "created_at": at,
				"sender": refTo("PME", "user_reference", "War Room")}})
	case "POST notes":
		i.notes = append(i.notes, in.Note.Content)
		reply(w, 200,
			m{"note": m{"id": fmt.Sprint("PN", len(i.notes)), "content": in.Note.Content, "created_at": at,
				"user": refTo("PME", "user_reference", "War Room"), "channel": m{"summary": "The API"}}})
	case "GET notes":
		out := []m{}
		for n, c := range i.notes {
			out = append(out,
				m{"id": fmt.Sprint("PN", n+1), "content": c, "created_at": at,
					"user": refTo("PME", "user_reference", "War Room"), "channel": m{"summary": "The API"}})
		}
		reply(w, 200, m{"notes": out})
	case "GET log_entries":
		out := []m{}
		for n, c := range i.log {
			out = append(out,
				m{"id": fmt.Sprint("RL", n), "type": "notify_log_entry", "summary": c, "self": nil, "html_url": nil,
					"created_at": at, "channel": m{"type": "api"}, "event_details": m{"n": "x"}})
		}
		reply(w, 200, m{"log_entries": out})
	case "POST responder_requests":
		who := refTo("PCY", "user_reference", "Cy")
		i.responders = append(i.responders,
			m{"state": "pending", "user": who, "incident": refTo(i.id, "incident_reference", i.title), "updated_at": at,
				"message": in.Message, "requester": refTo("PME", "user_reference", "War Room"), "requested_at": at})
		reply(w, 200,
			m{"responder_request": m{"incident": refTo(i.id, "incident_reference", i.title),
				"requester": refTo("PME", "user_reference", "War Room"), "requested_at": at, "message": in.Message,
				"responder_request_targets": []m{{"responder_request_target": m{"type": "user", "id": "PCY",
					"incidents_responders": []m{}}}}}})
	default:
		refuse(w, 404, "Not Found")
	}
}

func (f *fake) add(key, title, service string) *incident {
	i := &incident{id: fmt.Sprint("QINC", len(f.incidents)+1), key: key, title: title,
		status: cmp.Or(f.begin, "triggered"), assignee: "Ana K.", service: service}
	f.incidents = append(f.incidents, i)
	return i
}

func (f *fake) byID(id string) *incident {
	n := slices.IndexFunc(f.incidents, func(i *incident) bool { return i.id == id })
	if n < 0 {
		return nil
	}
	return f.incidents[n]
}

// byKey returns the open incident with a key.
func (f *fake) byKey(key string) *incident {
	n := slices.IndexFunc(f.incidents, func(i *incident) bool { return i.key == key && i.status != "resolved" })
	if n < 0 {
		return nil
	}
	return f.incidents[n]
}

func (i *incident) json() m {
	const at = "2026-11-27T21:00:00Z"
	acks := []m{}
	if i.status == "acknowledged" {
		acks = append(acks, m{"at": at, "acknowledger": refTo("PACK", "user_reference", i.ack)})
	}
	return m{"id": i.id, "type": "incident", "summary": i.title, "self": nil,
		"html_url": "https://example.pagerduty.com/incidents/" + i.id, "incident_number": 7, "title": i.title,
		"created_at": at, "status": i.status, "incident_key": i.key, "urgency": "high",
		"service":               refTo(i.service, "service_reference", "Security"),
		"assignments":           []m{{"at": at, "assignee": refTo("PASS", "user_reference", i.assignee)}},
		"acknowledgements":      acks,
		"last_status_change_at": at, "last_status_change_by": refTo("PACK", "user_reference", i.ack),
		"incidents_responders": append([]m{}, i.responders...)}
}
