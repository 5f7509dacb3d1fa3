import{g as a}from"./chunk-RLH3V6A7.js";function e(){return a("h1",{children:"calendar"})}export{e as default};
