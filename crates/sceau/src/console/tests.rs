mod causes;
mod ledger;
mod notifications;
mod pages;
mod refusals;
mod samples;
mod watched;
mod words;
