package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"warroom/model"
)

// Jira is a client for one project of Jira Cloud, using version 3 of its REST API.
type Jira struct {
	o JiraOptions
	c *caller
}

// JiraOptions configure the access to a project.
type JiraOptions struct {
	URL     string // https://NAME.atlassian.net
	Email   string // of the token's account
	Token   model.Secret
	Project string // key of the project: OPS
	Ticket  string // issue type of a follow-up; if empty, Task
	Page    string // issue type of an incident; if empty, Task
	Now     func() time.Time
}

var projectKey = regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,31}$`)

var _ Tracker = (*Jira)(nil)

// NewJira returns the client of a project.
func NewJira(o JiraOptions) (*Jira, error) {
	u, err := address("url of [jira]", o.URL)
	if err != nil {
		return nil, err
	}
	switch {
	case !projectKey.MatchString(o.Project):
		return nil, never("project of [jira] is the key of a project, such as OPS, not %q", short(o.Project, 40))
	case o.Email == "":
		return nil, never("email of [jira] is missing; it is the account that the token belongs to")
	}
	if o.Ticket == "" {
		o.Ticket = "Task"
	}
	if o.Page == "" {
		o.Page = "Task"
	}
	return &Jira{o: o,
		c: &caller{who: "Jira", base: strings.TrimSuffix(u.String(), "/"), client: newHTTP(nil), now: o.Now,
			explain: jiraError,
			sign:    func(r *http.Request) { r.SetBasicAuth(o.Email, string(o.Token.Reveal())) }}}, nil
}

// jiraError extracts the errors from an answer of Jira.
func jiraError(body []byte) string {
	var e struct {
		ErrorMessages []string          `json:"errorMessages"`
		Errors        map[string]string `json:"errors"`
	}
	if json.Unmarshal(body, &e) != nil {
		return ""
	}
	out := e.ErrorMessages
	for k, v := range e.Errors {
		out = append(out, k+": "+v)
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// label returns the label by which an issue is found again. It has no characters with a
// meaning in JQL.
func label(key string) string {
	h := sha256.Sum256([]byte(key))
	return "warroom-" + hex.EncodeToString(h[:10])
}

// Put creates an issue once. The issue of an incident is updated; a ticket is not changed
// after it was created, because it belongs to its assignee.
func (j *Jira) Put(ctx context.Context, r Record) (Placed, error) {
	id := r.ID
	if id == "" {
		var err error
		if id, err = j.find(ctx, label(r.Key)); err != nil {
			return Placed{}, err
		}
	}
	switch {
	case id == "":
		return j.create(ctx, r)
	case r.Ticket:
		return j.placed(id), nil
	}
	in := map[string]any{"fields": map[string]any{"summary": summary(r), "description": adf(r)}}
	return j.placed(id), j.c.call(ctx, http.MethodPut, "/rest/api/3/issue/"+url.PathEscape(id), in, nil)
}

func (j *Jira) placed(id string) Placed { return Placed{ID: id, URL: j.c.base + "/browse/" + id} }

func (j *Jira) find(ctx context.Context, label string) (string, error) {
	in := map[string]any{"jql": fmt.Sprintf(`project = "%s" AND labels = "%s" ORDER BY created ASC`, j.o.Project,
		label), "fields": []string{"summary"}, "maxResults": 1}
	var out struct {
		Issues []struct {
			Key string `json:"key"`
		} `json:"issues"`
	}
	if err := j.c.call(ctx, http.MethodPost, "/rest/api/3/search/jql", in, &out); err != nil || len(out.Issues) == 0 {
		return "", err
	}
	return out.Issues[0].Key, nil
}

func (j *Jira) create(ctx context.Context, r Record) (Placed, error) {
	kind := j.o.Page
	if r.Ticket {
		kind = j.o.Ticket
	}
	f := map[string]any{"project": map[string]string{"key": j.o.Project}, "issuetype": map[string]string{"name": kind},
		"summary": summary(r), "description": adf(r), "labels": []string{"warroom", label(r.Key)}}
	if r.Due != "" {
		f["duedate"] = r.Due
	}
	var out struct {
		Key string `json:"key"`
	}
	if err := j.c.call(ctx, http.MethodPost, "/rest/api/3/issue", map[string]any{"fields": f}, &out); err != nil {
		return Placed{}, err
	}
	if out.Key == "" {
		return Placed{}, temporary(0, "Jira created an issue but did not return its key")
	}
	return j.placed(out.Key), nil
}

// summary returns the title of an issue: one line of at most 255 characters.
func summary(r Record) string { return cut(plainLine(r.Title), 250, "...") }

// Check implements [Tracker].
func (j *Jira) Check(ctx context.Context) (string, error) {
	var me struct {
		Name string `json:"displayName"`
	}
	if err := j.c.call(ctx, http.MethodGet, "/rest/api/3/myself", nil, &me); err != nil {
		return "", err
	}
	needs := []string{"BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES"}
	var may struct {
		Permissions map[string]struct {
			Have bool `json:"havePermission"`
		} `json:"permissions"`
	}
	q := url.Values{"projectKey": {j.o.Project}, "permissions": {strings.Join(needs, ",")}}
	if err := j.c.call(ctx, http.MethodGet, "/rest/api/3/mypermissions?"+q.Encode(), nil, &may); err != nil {
		return "", err
	}
	var not []string
	for _, n := range needs {
		if !may.Permissions[n].Have {
			not = append(not, strings.ToLower(strings.ReplaceAll(n, "_", " ")))
		}
	}
	who := fmt.Sprintf("the token belongs to %s", short(me.Name, 80))
	if len(not) > 0 {
		return who, never("%s, who lacks these permissions in project %s: "+
			"%s", who, j.o.Project, strings.Join(not, ", "))
	}
	return fmt.Sprintf("%s, who can browse, create and edit in project %s", who, j.o.Project), nil
}
