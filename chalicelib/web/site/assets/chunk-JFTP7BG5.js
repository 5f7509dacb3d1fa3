import{k as s}from"./chunk-SUDVZCGZ.js";function t({label:l}){return s("p",{class:"busy",role:"status",children:[l,"…"]})}export{t as a};
