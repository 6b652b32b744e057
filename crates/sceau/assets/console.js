// What the console does beyond plain pages. Each page works without it.
(() => {
  "use strict";

  // Moments are written in UTC; here they become the reader's own time.
  const localTimes = (root) => {
    const language = document.documentElement.lang || undefined;
    for (const element of root.querySelectorAll("time[datetime]:not([data-local])")) {
      const moment = new Date(element.dateTime);
      if (Number.isNaN(moment.getTime())) continue;
      const isDay = element.classList.contains("day");
      element.title = element.textContent;
      element.textContent = moment.toLocaleString(
        language,
        isDay ? { dateStyle: "medium" } : { dateStyle: "medium", timeStyle: "medium" },
      );
      element.dataset.local = "";
    }
  };

  // A button that puts the right spelling into a field.
  const corrections = (root) => {
    for (const button of root.querySelectorAll("button[data-correct]")) {
      button.addEventListener("click", (event) => {
        const field = document.getElementById(button.dataset.correct);
        if (!field) return;
        event.preventDefault();
        field.value = button.value;
        field.classList.remove("is-invalid");
        field.focus();
        button.closest(".invalid-feedback")?.remove();
        // The summary at the top no longer speaks of it.
        const summary = document.getElementById("refusals");
        summary?.querySelector(`a[href="#${field.id}"]`)?.closest("li")?.remove();
        if (summary && !summary.querySelector("li")) summary.remove();
      });
    }
  };

  // "Create from certificate…": choosing the file is enough.
  const uploads = (root) => {
    for (const input of root.querySelectorAll("input[type=file][data-submit]")) {
      input.addEventListener("change", () => {
        const button = document.getElementById(input.dataset.submit);
        if (input.files.length > 0 && button) input.form.requestSubmit(button);
      });
    }
  };

  // Fields that matter for one choice alone.
  const choices = (root) => {
    for (const panel of root.querySelectorAll("[data-shown-for]")) {
      const [name, value] = panel.dataset.shownFor.split("=");
      const show = () => {
        const chosen = document.querySelector(`input[name="${name}"]:checked`);
        panel.hidden = !chosen || chosen.value !== value;
      };
      for (const input of document.querySelectorAll(`input[name="${name}"]`)) input.addEventListener("change", show);
      show();
    }
  };

  // Another type of authority has another form.
  const kinds = (root) => {
    const choice = root.querySelector("#authority-form select[name=type]");
    if (!choice || choice.options.length < 2) return;
    const shown = choice.value;
    choice.addEventListener("change", () => {
      if (choice.value !== shown) window.location.assign(`?type=${choice.value}`);
    });
  };

  // Typing `$` in a field of variables offers the list.
  const variables = (root) => {
    const list = root.querySelector("[data-variable-list]");
    if (!list) return;
    const options = () => [...list.querySelectorAll("button:not([hidden])")];
    let field = null;
    let start = 0;
    const close = () => {
      list.hidden = true;
      field = null;
    };
    const offer = (event) => {
      const typed = event.target.value.slice(0, event.target.selectionStart ?? event.target.value.length);
      const found = /\$\{?([A-Za-z.]*)$/.exec(typed);
      if (!found) return close();
      for (const option of list.querySelectorAll("button")) {
        option.hidden = !option.value.toLowerCase().includes(found[1].toLowerCase());
      }
      if (options().length === 0) return close();
      field = event.target;
      start = typed.length - found[0].length;
      field.offsetParent?.append(list);
      list.style.top = `${field.offsetTop + field.offsetHeight}px`;
      list.style.left = `${field.offsetLeft}px`;
      list.hidden = false;
    };
    const insert = (name) => {
      if (!field) return;
      const end = field.selectionStart ?? field.value.length;
      field.value = `${field.value.slice(0, start)}\${${name}}${field.value.slice(end)}`;
      const caret = start + name.length + 3;
      const filled = field;
      close();
      filled.focus();
      filled.setSelectionRange(caret, caret);
    };
    const step = (by) => {
      const all = options();
      const at = all.indexOf(document.activeElement);
      all[(at + by + all.length) % all.length]?.focus();
    };
    for (const input of root.querySelectorAll("input[data-variables]")) {
      input.addEventListener("input", offer);
      input.addEventListener("keydown", (event) => {
        if (list.hidden) return;
        if (event.key === "Escape") close();
        if (event.key === "ArrowDown") {
          event.preventDefault();
          step(1);
        }
      });
    }
    list.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        const back = field;
        close();
        back?.focus();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        step(event.key === "ArrowDown" ? 1 : -1);
      }
    });
    list.addEventListener("click", (event) => {
      const option = event.target.closest("button");
      if (option) insert(option.value);
    });
    document.addEventListener("click", (event) => {
      if (!list.contains(event.target) && event.target !== field) close();
    });
  };

  // On a narrow screen the menu is closed until it is wanted.
  const menu = (root) => {
    if (window.matchMedia("(max-width: 52rem)").matches) root.querySelector(".side-menu")?.removeAttribute("open");
  };

  const enliven = (root) => {
    localTimes(root);
    corrections(root);
    uploads(root);
    choices(root);
    kinds(root);
    variables(root);
    menu(root);
  };
  document.addEventListener("DOMContentLoaded", () => enliven(document));
  document.addEventListener("htmx:afterSettle", (event) => localTimes(event.target));
})();
