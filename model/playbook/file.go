package playbook

// file is a plan as written in TOML. The fields are those of the model in the same order,
// so that one type converts to the other and the compiler reports a missing field.
type file struct {
	Title      string          `toml:"title"`
	Source     string          `toml:"source"`
	Notice     string          `toml:"notice"`
	Kinds      []fileKind      `toml:"kinds"`
	Severities []fileSeverity  `toml:"severities"`
	Roles      []fileRole      `toml:"roles"`
	Phases     []filePhase     `toml:"phases"`
	Items      []fileItem      `toml:"items"`
	Conditions []fileCondition `toml:"conditions"`
	Groups     []fileGroup     `toml:"groups"`
	Clocks     []fileClock     `toml:"clocks"`
	Audiences  []fileAudience  `toml:"audiences"`
	Controls   []fileControl   `toml:"controls"`
	Triggers   []fileTrigger   `toml:"triggers"`
	Artifacts  []fileArtifact  `toml:"artifacts"`

	Radar fileRadar `toml:"radar"`

	AnswerOpen  bool `toml:"answer-open"`
	StoreReport bool `toml:"store-report"`
}

type fileRadar struct {
	NoEntry     string `toml:"no-entry"`
	RoleEmpty   string `toml:"role-empty"`
	RoleSilent  string `toml:"role-silent"`
	AskOverdue  string `toml:"ask-overdue"`
	UrgentIdle  string `toml:"urgent-idle"`
	ItemSilent  string `toml:"item-silent"`
	ItemBlocked string `toml:"item-blocked"`
	PageSilent  string `toml:"page-silent"`
	UpdateSoon  string `toml:"update-soon"`
	DraftWaits  string `toml:"draft-waits"`
	Age         string `toml:"age"`
}

type fileKind struct {
	ID    string `toml:"id"`
	Label string `toml:"label"`
	From  string `toml:"from"`
}

type fileSeverity struct {
	ID         string          `toml:"id"`
	Aliases    []string        `toml:"aliases"`
	Label      string          `toml:"label"`
	Rank       int             `toml:"rank"`
	Definition string          `toml:"definition"`
	Criteria   []fileCriterion `toml:"criteria"`
	From       string          `toml:"from"`
}

type fileCriterion struct {
	ID   string `toml:"id"`
	Text string `toml:"text"`
	From string `toml:"from"`
}

type fileRole struct {
	ID        string   `toml:"id"`
	Aliases   []string `toml:"aliases"`
	Label     string   `toml:"label"`
	Short     string   `toml:"short"`
	Duties    []string `toml:"duties"`
	Mandatory bool     `toml:"mandatory"`
	Many      bool     `toml:"many"`
	Powers    []string `toml:"powers"`
	From      string   `toml:"from"`

	DeputyOf    string `toml:"deputy-of"`
	SilentAfter string `toml:"silent-after"`
}

type filePhase struct {
	ID        string   `toml:"id"`
	Aliases   []string `toml:"aliases"`
	Label     string   `toml:"label"`
	Objective string   `toml:"objective"`
	From      string   `toml:"from"`
}

type fileItem struct {
	ID        string   `toml:"id"`
	Phase     string   `toml:"phase"`
	Text      string   `toml:"text"`
	Kinds     []string `toml:"kinds"`
	If        string   `toml:"if"`
	Needs     []string `toml:"needs"`
	Group     string   `toml:"group"`
	Role      string   `toml:"role"`
	OnlyRole  bool     `toml:"only-role"`
	Preserves string   `toml:"preserves"`
	Destroys  bool     `toml:"destroys-evidence"`
	Urgent    bool     `toml:"urgent"`
	Ref       string   `toml:"ref"`
	From      string   `toml:"from"`
	Meets     string   `toml:"meets"`
	Milestone string   `toml:"milestone"`
	Contains  string   `toml:"contains"`

	Pages string `toml:"pages"`

	Evidence  []string `toml:"evidence"`
	TwoPeople bool     `toml:"two-people"`

	ScanAfter   []string `toml:"scan-after"`
	IfDone      string   `toml:"if-done"`
	FollowUp    string   `toml:"follow-up"`
	Independent []string `toml:"independent-of"`
}

type fileCondition struct {
	ID       string `toml:"id"`
	Text     string `toml:"text"`
	Exposure bool   `toml:"exposure"`
	From     string `toml:"from"`
}

type fileGroup struct {
	ID   string `toml:"id"`
	Text string `toml:"text"`
	From string `toml:"from"`
}

type fileClock struct {
	ID         string            `toml:"id"`
	Label      string            `toml:"label"`
	Start      string            `toml:"start"`
	After      string            `toml:"after"`
	Every      string            `toml:"every"`
	AtLeast    string            `toml:"at-least"`
	BySeverity map[string]string `toml:"by-severity"`
	Severities []string          `toml:"severities"`
	Audience   string            `toml:"audience"`
	Owner      string            `toml:"owner"`
	Law        bool              `toml:"law"`
	Regime     string            `toml:"regime"`
	MetBy      string            `toml:"met-by"`
	From       string            `toml:"from"`
}

type fileAudience struct {
	ID      string `toml:"id"`
	Label   string `toml:"label"`
	Channel string `toml:"channel"`
	From    string `toml:"from"`

	Conditions string `toml:"conditions"`
	Actions    string `toml:"actions"`
	Needs      string `toml:"needs"`

	Approval   bool `toml:"approval"`
	OnExposure bool `toml:"on-exposure"`
}

type fileControl struct {
	ID          string   `toml:"id"`
	Framework   string   `toml:"framework"`
	Requirement string   `toml:"requirement"`
	Text        string   `toml:"text"`
	Tools       []string `toml:"tools"`
	Kinds       []string `toml:"event-kinds"`
	From        string   `toml:"from"`
}

type fileTrigger struct {
	ID    string `toml:"id"`
	Label string `toml:"label"`
	From  string `toml:"from"`
}

type fileArtifact struct {
	ID    string `toml:"id"`
	Label string `toml:"label"`
	From  string `toml:"from"`
}
